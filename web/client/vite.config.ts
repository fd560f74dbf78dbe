// Two entries: the desk client (antd) and the phone client (native inputs, no antd).
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'

const OUT = resolve(import.meta.dirname, process.env.PLUMBLINE_STATIC ?? '../static')
const WORTH_GZIP = /\.(js|css|svg|html|json|txt)$/

/** Empties the output but keeps .gitkeep, and writes a .gz beside each text file. */
function servedFiles(): Plugin {
  return {
    name: 'served-files',
    apply: 'build',
    buildStart() {
      for (const name of readdirSync(OUT, { withFileTypes: true })) {
        if (name.name !== '.gitkeep') rmSync(join(OUT, name.name), { recursive: true })
      }
    },
    closeBundle() {
      for (const entry of readdirSync(OUT, { recursive: true, withFileTypes: true })) {
        // html carries a per-answer nonce, so the server compresses it (or not) itself
        if (!entry.isFile() || !WORTH_GZIP.test(entry.name) || entry.name.endsWith('.html')) continue
        const path = join(entry.parentPath, entry.name)
        writeFileSync(`${path}.gz`, gzipSync(readFileSync(path), { level: 9 }))
      }
    },
  }
}

export default defineConfig({
  plugins: [react(), servedFiles()],
  base: '/',
  build: {
    outDir: OUT,
    emptyOutDir: false,
    manifest: 'manifest.json',
    target: 'es2022',
    assetsInlineLimit: 0, // data: urls would need a wider CSP
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 900,
    rolldownOptions: {
      input: { index: resolve(import.meta.dirname, 'index.html'), fill: resolve(import.meta.dirname, 'fill.html') },
      output: {
        codeSplitting: {
          groups: [
            { name: 'react', test: /node_modules[\\/](react|react-dom|scheduler|i18next|openapi-fetch)[\\/]/ },
            { name: 'echarts', test: /node_modules[\\/](echarts|zrender)[\\/]/ },
          ],
        },
      },
    },
  },
  server: { proxy: { '/api': process.env.PLUMBLINE_URL ?? 'http://127.0.0.1:8000' } },
  test: { include: ['src/**/*.test.ts', 'src/**/*.test.tsx'], environment: 'node' },
} as Parameters<typeof defineConfig>[0])
