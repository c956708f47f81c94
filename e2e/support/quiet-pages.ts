/** Pages that show all that they have without anybody lending or asking, by their addresses. */
export const QUIET_PAGES = [
  ...['/', '/pools', '/network', '/account', '/admin', '/embed', '/trust', '/pitch'],
  ...['/docs', '/docs/api', '/docs/reference'],
] as const;
