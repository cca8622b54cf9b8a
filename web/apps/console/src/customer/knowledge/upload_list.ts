// The files on their way, and what becomes of them.
export interface Upload {
  key: number;
  file: File;
  state: 'waiting' | 'sending' | 'failed';
  failure: Error | 'too_large' | null;
}

export type UploadEvent =
  | { type: 'add'; uploads: Upload[] }
  | { type: 'send'; key: number }
  | { type: 'sent'; key: number }
  | { type: 'fail'; key: number; failure: Error };

export function uploadsAfter(uploads: readonly Upload[], event: UploadEvent): readonly Upload[] {
  switch (event.type) {
    case 'add':
      return [...uploads, ...event.uploads];
    case 'sent':
      return uploads.filter((upload) => upload.key !== event.key);
    case 'send':
      return uploads.map((upload) => (upload.key === event.key ? { ...upload, state: 'sending', failure: null } : upload));
    case 'fail':
      return uploads.map((upload) => (upload.key === event.key ? { ...upload, state: 'failed', failure: event.failure } : upload));
  }
}
