// Whether somebody tried an agent in this browser: trying leaves no trace on the server.
const keyOf = (id: string): string => `guildhall.tried.${id}`;

export function wasTried(id: string): boolean {
  try {
    return localStorage.getItem(keyOf(id)) !== null;
  } catch {
    return false;
  }
}

export function noteTried(id: string): void {
  try {
    localStorage.setItem(keyOf(id), 'yes');
  } catch {
    return;
  }
}
