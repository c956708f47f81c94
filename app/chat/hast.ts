// The little that is read of a tree of HTML before it is drawn. Pure.

export interface HastNode {
  type: string;
  tagName?: string;
  value?: string;
  properties?: Record<string, unknown>;
  children?: HastNode[];
}

/** All text of a node, but for what `skips` names. */
export function textOf(node: HastNode, skips: (node: HastNode) => boolean = () => false): string {
  if (skips(node)) return '';
  return node.value ?? (node.children ?? []).map((child) => textOf(child, skips)).join('');
}

export const hasClass = (node: HastNode, name: string): boolean => {
  const names = node.properties?.className;
  return Array.isArray(names) && names.includes(name);
};
