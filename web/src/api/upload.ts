/** Send one file's bytes. XMLHttpRequest, because fetch does not report how much was sent. */
import { API, CHANGE_HEADER, refusal, unreachable } from './client';
import type { UploadAnswer } from './types';

export interface Upload {
  answer: Promise<UploadAnswer>;
  abort(): void;
}

export function upload(file: File, sent: (bytes: number) => void): Upload {
  const request = new XMLHttpRequest();
  const answer = new Promise<UploadAnswer>((resolve, reject) => {
    request.open('POST', `${API}/upload?name=${encodeURIComponent(file.name)}`);
    for (const [name, value] of Object.entries(CHANGE_HEADER)) request.setRequestHeader(name, value);
    request.setRequestHeader('Content-Type', 'application/octet-stream');
    request.upload.onprogress = (event) => sent(event.loaded);
    request.onerror = () => reject(unreachable());
    request.onabort = () => reject(new DOMException('Stopped.', 'AbortError'));
    request.onload = () => {
      if (request.status >= 200 && request.status < 300)
        resolve(JSON.parse(request.responseText) as UploadAnswer);
      else reject(refusal(request.status, request.responseText));
    };
  });
  request.send(file);
  return { answer, abort: () => request.abort() };
}
