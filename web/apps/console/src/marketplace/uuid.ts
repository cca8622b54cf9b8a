// Ids in the forms of the two dialects.

/** Waldur's 32 digits as the registry writes them. */
export function dashed(hex: string): string {
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** The registry's id as Waldur writes it. */
export const undashed = (uuid: string): string => uuid.replaceAll('-', '');
