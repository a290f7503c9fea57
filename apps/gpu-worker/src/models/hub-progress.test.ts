import { expect, it } from 'vitest';
import { formatBytes, formatDuration, formatProgress, ProgressBar } from './hub-progress.ts';
import type { PullProgress } from './hub-pull.ts';

const progress = (doneBytes: number, more: Partial<PullProgress> = {}): PullProgress => ({
  path: 'unet/model.safetensors',
  position: 2,
  fileCount: 3,
  doneBytes,
  totalBytes: 4_000_000,
  receivedBytes: doneBytes,
  ...more,
});

it('writes sizes and times for people', () => {
  expect([0, 999, 1_000, 1_424_000_000, 999_900].map(formatBytes)).toEqual([
    '0 B',
    '999 B',
    '1.00 kB',
    '1.42 GB',
    '1000 kB',
  ]);
  expect([400, 59_000, 65_000, 7_800_000].map(formatDuration)).toEqual(['1s', '59s', '1m 05s', '2h 10m']);
});

it('shows share, bytes, speed, time left and file within the width', () => {
  expect(formatProgress(progress(1_000_000), 500_000, 200)).toBe(
    '█████░░░░░░░░░░░░░░░  25%  1.00 MB / 4.00 MB  500 kB/s  6s left  [2/3] unet/model.safetensors',
  );
  expect(formatProgress(progress(1_000_000), 500_000, 40)).toHaveLength(40);
});

it('measures speed by received bytes, so a resumed part does not count', () => {
  let nowMs = 0;
  let written = '';
  const stream = { isTTY: true, columns: 200, write: (text: string) => (written = text) };
  const bar = new ProgressBar(stream, () => nowMs);
  bar.update(progress(3_000_000, { receivedBytes: 0 }));
  nowMs = 50;
  bar.update(progress(3_050_000, { receivedBytes: 50_000 }));
  expect(written).toContain('3.00 MB / 4.00 MB');
  nowMs = 500;
  bar.update(progress(3_500_000, { receivedBytes: 500_000 }));
  expect(written).toContain('1.00 MB/s  1s left');
});

it('takes a terminal of unknown width for 80 columns', () => {
  const texts: string[] = [];
  new ProgressBar({ isTTY: true, columns: 0, write: (text) => texts.push(text) }).update(progress(1_000_000));
  expect(texts.join('')).toContain('25%  1.00 MB / 4.00 MB');
});

it('writes one line for each file where there is no terminal', () => {
  const lines: string[] = [];
  const bar = new ProgressBar({ write: (text) => lines.push(text) });
  for (const [position, doneBytes] of [
    [1, 0],
    [1, 5],
    [2, 9],
    [2, 10],
  ] as const)
    bar.update(progress(doneBytes, { position }));
  bar.finish();
  expect(lines).toEqual([
    '[1/3] unet/model.safetensors  0 B / 4.00 MB\n',
    '[2/3] unet/model.safetensors  9 B / 4.00 MB\n',
  ]);
});
