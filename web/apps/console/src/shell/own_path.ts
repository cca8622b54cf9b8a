// Whether a path leads to a page of this site. Browsers drop tabs and line breaks from addresses and read a backslash as a slash,
// so that a second one right after the first names another host.
export function isOwnPath(path: string): boolean {
  return path.startsWith('/') && !path.startsWith('//') && [...path].every((letter) => letter > ' ' && letter !== '\\');
}
