/** Addresses of nodes, with commas between them; a comma within one is left where it is. */
export const nodesOf = (text: string): string[] => text.split(/,(?=\s*https?:\/\/)/).map((one) => one.trim());
