/** More failed files than this are no accident of the machine. */
const MOST_FILES_AGAIN = 3;

/**
 * Runs the files that failed once more, one after the other and next to nothing else, and prints which were unsteady: that a
 * test fails next to others is a defect too (docs/decisions/0066-failed-tests-once-more.md).
 * @param first the result of `jest`
 * @param again runs jest with these arguments
 * @returns the counts with those of the second run in place of the first
 */
export const failedOnceMore = async (first, again) => {
  const { failedFiles } = first;
  if (failedFiles.length === 0 || failedFiles.length > MOST_FILES_AGAIN) return first;
  const files = failedFiles.map(({ file }) => file);
  console.log(`\n— once more, alone: ${files.join(' ')}`);
  const second = await again(['--runInBand', '--runTestsByPath', ...files]);
  const failing = new Set(second.failedFiles.map(({ file }) => file));
  const withoutResult = second.failed > 0 && failing.size === 0;
  for (const file of files) {
    const isFailed = withoutResult || failing.has(file);
    console.log(isFailed ? `FAILED TWICE: ${file}` : `UNSTEADY: ${file} failed next to others and passed alone`);
  }
  const passedBefore = failedFiles.reduce((sum, { passed }) => sum + passed, 0);
  return { ...second, passed: first.passed - passedBefore + second.passed, skipped: first.skipped };
};
