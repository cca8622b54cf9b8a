// Files on their way to the server: a few at a time, each with its own outcome. A refused file stays in the list with the reason.
import { agents } from '@guildhall/api';
import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useReducer, useRef } from 'react';
import { documentsQuery } from '../../queries';
import { uploadsAfter, type Upload } from './upload_list';

const AT_ONCE = 3;
export const FILE_BYTES_MAX = 50 * 1024 * 1024;

export function useUploads(id: string) {
  const queries = useQueryClient();
  const [uploads, change] = useReducer(uploadsAfter, []);
  const line = useRef<Upload[]>([]);
  const sending = useRef(0);
  const next = useRef(0);

  /** Sends one file after the other until none waits. */
  const work = useCallback(async () => {
    sending.current += 1;
    for (let upload = line.current.shift(); upload; upload = line.current.shift()) {
      const { key, file } = upload;
      change({ type: 'send', key });
      await agents
        .uploadDocument(id, file)
        .then(() => change({ type: 'sent', key }))
        .catch((failure: Error) => change({ type: 'fail', key, failure }));
      void queries.invalidateQueries({ queryKey: documentsQuery(id).queryKey });
    }
    sending.current -= 1;
  }, [id, queries]);
  const pump = useCallback(() => {
    const wanted = Math.min(AT_ONCE - sending.current, line.current.length);
    for (let worker = 0; worker < wanted; ++worker) void work();
  }, [work]);

  const add = useCallback(
    (files: readonly File[]) => {
      const made = files.map((file): Upload => {
        const isTooLarge = file.size > FILE_BYTES_MAX;
        return { key: ++next.current, file, state: isTooLarge ? 'failed' : 'waiting', failure: isTooLarge ? 'too_large' : null };
      });
      change({ type: 'add', uploads: made });
      line.current.push(...made.filter((upload) => upload.state === 'waiting'));
      pump();
    },
    [pump],
  );
  const again = useCallback(
    (upload: Upload) => {
      line.current.push(upload);
      pump();
    },
    [pump],
  );
  const dismiss = useCallback((key: number) => change({ type: 'sent', key }), []);
  return { uploads, add, again, dismiss };
}
