import { describe, expect, it } from 'vitest'
import {
  addChild,
  addSibling,
  MAX_DEPTH,
  move,
  neighbourOf,
  newNode,
  nodesOf,
  placedNodes,
  remove,
  rename,
  whyNoChild,
  type Forest,
} from './outline'

const names = (forest: Forest): unknown => forest.map((node) => (node.children.length ? [node.text, names(node.children)] : node.text))
const start = addChild(addSibling([], null, newNode('a', 'A')), 'a', newNode('b', 'B'))

describe('the tree field', () => {
  it('adds children and siblings where they belong', () => {
    const grown = addSibling(addChild(start, 'b', newNode('c', 'C')), 'b', newNode('d', 'D'))
    expect(names(grown)).toEqual([['A', [['B', ['C']], 'D']]])
  })

  it('renames one node and leaves the rest as it was', () => {
    const two = addSibling(start, 'a', newNode('z', 'Z'))
    const renamed = rename(two, 'b', 'B2')
    expect(names(renamed)).toEqual([['A', ['B2']], 'Z'])
    expect(renamed[1]).toBe(two[1])
  })

  it('removes a node with all below it', () => {
    expect(names(remove(addSibling(start, 'a', newNode('z', 'Z')), 'a'))).toEqual(['Z'])
  })

  it('moves a node among its siblings only', () => {
    const three = addSibling(addSibling(start, 'b', newNode('c', 'C')), 'c', newNode('d', 'D'))
    expect(names(move(three, 'd', -1))).toEqual([['A', ['B', 'D', 'C']]])
    expect(move(three, 'b', -1)).toEqual(three)
  })

  it('stops at the deepest level', () => {
    let forest: Forest = [newNode('n1', '1')]
    for (let depth = 2; depth <= MAX_DEPTH; depth++) forest = addChild(forest, `n${depth - 1}`, newNode(`n${depth}`, String(depth)))
    expect(whyNoChild(forest, `n${MAX_DEPTH}`)).toBe('tooDeep')
    expect(addChild(forest, `n${MAX_DEPTH}`, newNode('x'))).toBe(forest)
  })

  it('shows no children of a collapsed node', () => {
    expect(placedNodes(start, new Set(['a'])).map((placed) => placed.node.id)).toEqual(['a'])
    expect(nodesOf(start)).toHaveLength(2)
  })

  it('names the node to focus after a deletion', () => {
    expect(neighbourOf(start, 'b')).toBe('a')
    expect(neighbourOf(start, 'a')).toBeNull()
  })
})
