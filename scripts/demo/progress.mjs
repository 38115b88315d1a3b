const WIDTH = 30;

/** A bar that is drawn again on its line; in a file or a pipe, a plain line for every change. */
export const createProgress = (stream) => {
  let last = '';
  return {
    show: ({ progress: { total, completed, failed, percent } }) => {
      const full = Math.floor((percent / 100) * WIDTH);
      const counts = `${completed + failed}/${total} images${failed === 0 ? '' : `, ${failed} failed`}`;
      const line = `  ${'█'.repeat(full)}${'░'.repeat(WIDTH - full)} ${String(Math.floor(percent)).padStart(3)} %  ${counts}`;
      if (line === last) return;
      last = line;
      stream.write(stream.isTTY ? `\r\x1b[K${line}` : `${line}\n`);
    },
    end: () => {
      if (stream.isTTY) stream.write('\n');
    },
  };
};
