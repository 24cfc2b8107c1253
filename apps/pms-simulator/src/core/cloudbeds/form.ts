export type Tree = { [key: string]: string | Tree };

/** A form whose names hold places: "rates[0][interval][0][rate]=9" (TECH: bodies are form-urlencoded). */
export function treeOf(form: URLSearchParams): Tree {
  const root: Tree = Object.create(null) as Tree;
  for (const [name, value] of form) {
    const path = name.split(/[[\]]+/).filter((part) => part !== '');
    let at = root;
    for (const part of path.slice(0, -1)) {
      const next = at[part];
      at = typeof next === 'object' ? next : (at[part] = Object.create(null) as Tree);
    }
    at[path.at(-1) ?? ''] = value;
  }
  return root;
}

export const branches = (tree: string | Tree | undefined): Tree[] =>
  typeof tree === 'object' ? Object.values(tree).filter((one): one is Tree => typeof one === 'object') : [];

export const leaf = (tree: Tree, name: string): string | undefined => {
  const value = tree[name];
  return typeof value === 'string' ? value : undefined;
};
