// A tree field to read.
import type { TreeNode } from '../../api/types'
import styles from './Records.module.css'

export function TreeView({ nodes }: { nodes: readonly TreeNode[] }) {
  return (
    <ul className={styles.treeView}>
      {nodes.map((node) => (
        <li key={node.id}>
          <span>{node.text}</span>
          {node.children.length > 0 && <TreeView nodes={node.children} />}
        </li>
      ))}
    </ul>
  )
}
