/** One line that counts what is done; rewritten in place on a terminal, else printed now and then. */
export function countLine(stream: NodeJS.WriteStream, noun: string): (done: number, total: number) => void {
  return (done, total) => {
    const line = `${done} of ${total} ${noun}`;
    if (stream.isTTY) stream.write(`\r\x1b[K${line}${done === total ? '\n' : ''}`);
    else if (done % 20 === 0 || done === total) stream.write(`${line}\n`);
  };
}
