// The tree field as data: add, rename, move and remove nodes; no screen, no ids made here.
import type { TreeNode } from '../../api/types'

export const MAX_DEPTH = 6
export const MAX_NODES = 200
export type Forest = TreeNode[]

export const newNode = (id: string, text = ''): TreeNode => ({ id, text, children: [] })

/** All nodes, parents before children. */
export function nodesOf(forest: Forest): TreeNode[] {
  return forest.flatMap((node) => [node, ...nodesOf(node.children)])
}

export interface Placed {
  readonly node: TreeNode
  readonly depth: number
  readonly parent: string | null
  readonly index: number
  readonly siblings: number
}

/** All nodes in reading order with where they stand; children of collapsed nodes left out. */
export function placedNodes(forest: Forest, collapsed: ReadonlySet<string> = new Set(), depth = 1, parent: string | null = null): Placed[] {
  return forest.flatMap((node, index) => [
    { node, depth, parent, index, siblings: forest.length },
    ...(collapsed.has(node.id) ? [] : placedNodes(node.children, collapsed, depth + 1, node.id)),
  ])
}

/** The forest with the list that holds `id` replaced by what `change` makes of it. */
function inList(forest: Forest, id: string, change: (list: Forest, index: number) => Forest): Forest {
  const index = forest.findIndex((node) => node.id === id)
  if (index >= 0) return change(forest, index)
  let touched = false
  const next = forest.map((node) => {
    const children = inList(node.children, id, change)
    if (children === node.children) return node
    touched = true
    return { ...node, children }
  })
  return touched ? next : forest
}

export function depthOf(forest: Forest, id: string): number {
  return placedNodes(forest).find((placed) => placed.node.id === id)?.depth ?? 0
}

export type Refusal = 'tooDeep' | 'tooMany'

export function whyNoChild(forest: Forest, id: string): Refusal | null {
  if (nodesOf(forest).length >= MAX_NODES) return 'tooMany'
  return depthOf(forest, id) >= MAX_DEPTH ? 'tooDeep' : null
}

export function rename(forest: Forest, id: string, text: string): Forest {
  return inList(forest, id, (list, index) => list.map((node, at) => (at === index ? { ...node, text } : node)))
}

export function addChild(forest: Forest, id: string, node: TreeNode): Forest {
  if (whyNoChild(forest, id)) return forest
  return inList(forest, id, (list, index) =>
    list.map((parent, at) => (at === index ? { ...parent, children: [...parent.children, node] } : parent)),
  )
}

/** Puts `node` right after `id`, or at the end of the roots when `id` is null. */
export function addSibling(forest: Forest, id: string | null, node: TreeNode): Forest {
  if (nodesOf(forest).length >= MAX_NODES) return forest
  if (id === null) return [...forest, node]
  return inList(forest, id, (list, index) => [...list.slice(0, index + 1), node, ...list.slice(index + 1)])
}

export function remove(forest: Forest, id: string): Forest {
  return inList(forest, id, (list, index) => list.filter((_, at) => at !== index))
}

/** Swaps a node with the neighbour above (-1) or below (1). */
export function move(forest: Forest, id: string, by: -1 | 1): Forest {
  return inList(forest, id, (list, index) => {
    const target = index + by
    const [node, other] = [list[index], list[target]]
    if (!node || !other) return list
    return list.map((at, position) => (position === index ? other : position === target ? node : at))
  })
}

/** The node to focus when `id` goes: the one before it in reading order. */
export function neighbourOf(forest: Forest, id: string): string | null {
  const all = nodesOf(forest)
  const at = all.findIndex((node) => node.id === id)
  return all[at - 1]?.id ?? null
}
