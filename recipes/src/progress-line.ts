/** One line of a long computation: step, loss, pace and time left; rewritten in place on a terminal. */
export function progressLine(
  stream: NodeJS.WriteStream,
): (step: number, total: number, figures: Readonly<Record<string, number>>) => void {
  const began = performance.now();
  let first: number | undefined;
  return (step, total, figures) => {
    first ??= step - 1;
    const perStep = (performance.now() - began) / 1000 / (step - first);
    const left = Math.round((total - step) * perStep);
    const loss = figures['loss']?.toFixed(4);
    const line = `step ${step}/${total}  loss ${loss}  ${perStep.toFixed(2)} s/step  ${clock(left)} left`;
    if (stream.isTTY) stream.write(`\r\x1b[K${line}${step === total ? '\n' : ''}`);
    else if (step % 50 === 0 || step === total) stream.write(`${line}\n`);
  };
}

function clock(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  return minutes >= 60
    ? `${Math.floor(minutes / 60)} h ${minutes % 60} min`
    : `${minutes} min ${seconds % 60} s`;
}
