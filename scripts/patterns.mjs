/**
 * `node scripts/patterns.mjs [FOLDER]`, or `--list` for the patterns of src as JSON. Proves that every regular
 * expression of the folder (default: src) takes linear time. Any of them may match untrusted text, and catastrophic
 * backtracking blocks the whole process: a CSV of 99 bytes did (decision 0035).
 *
 * The proof is recheck's, by automaton. What it finds quadratic or worse, and what it cannot prove within its time
 * (lookbehind, back references), is refused alike: write such a check as code. A pattern that
 * is put together at run time cannot be looked at, and is refused too.
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript-5';

// The same result everywhere: recheck would otherwise use a native program or a JVM if it finds one.
process.env.RECHECK_BACKEND = 'pure';
const { checkSync } = await import('recheck');

/** Most take milliseconds; a busy machine must not change the result. What takes too long counts as a finding. */
const PROOF_MS = 240_000;
const ATTACK_MS = 30_000;
/** Methods of a string that compile a text into a pattern. */
const COMPILING = new Set(['match', 'matchAll', 'search']);

/** Places that may build a pattern at run time, `file: reason`. */
const ALLOWED = {};

const root = path.resolve(import.meta.dirname, '..');

const filesOf = (folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.[cm]?[jt]sx?$/.test(name))
    .map((name) => path.join(folder, name))
    .sort();

const isType = (node) => ts.findAncestor(node, ts.isTypeNode) !== undefined;
const isInstanceOf = ({ parent }) =>
  ts.isBinaryExpression(parent) && parent.operatorToken.kind === ts.SyntaxKind.InstanceOfKeyword;

/** A call such as `text.match(words)`, unless it is plainly given a pattern: a literal, or a constant in capitals. */
const compilesText = (node) =>
  ts.isCallExpression(node) &&
  ts.isPropertyAccessExpression(node.expression) &&
  COMPILING.has(node.expression.name.text) &&
  node.arguments.length === 1 &&
  !ts.isRegularExpressionLiteral(node.arguments[0]) &&
  !(ts.isIdentifier(node.arguments[0]) && /^[A-Z][A-Z\d_]*$/.test(node.arguments[0].text));

/** `{1,30}` and the like: a constant for the proof, however often such a one inside another multiplies it. */
const COUNTED = /\{\d+,\d*\}/;

const prove = (source, kept) => {
  const check = (checker) =>
    checkSync(source, kept, { checker, timeout: PROOF_MS, attackTimeout: ATTACK_MS, incubationTimeout: null });
  const result = check('automaton');
  const attacked = result.status === 'safe' && COUNTED.test(source) ? check('fuzz') : result;
  if (attacked.status === 'safe') return null;
  if (attacked.status === 'vulnerable') return `takes ${attacked.complexity.summary} time`;
  return `cannot be proven to be linear (${attacked.error.kind})`;
};

const proofs = new Map();
const whyNotProven = (source, flags) => {
  // How often it is tried makes no difference to the proof.
  const kept = flags.replace(/[dgy]/g, '');
  const pattern = `/${source}/${kept}`;
  if (!proofs.has(pattern)) proofs.set(pattern, prove(source, kept));
  return proofs.get(pattern);
};

const parse = (file) => ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);

/** Source and flags of a literal. */
const partsOf = ({ text }) => {
  const end = text.lastIndexOf('/');
  return [text.slice(1, end), text.slice(end + 1)];
};

const patternsOf = (file) => {
  const found = [];
  const visit = (node) => {
    if (ts.isRegularExpressionLiteral(node)) found.push(partsOf(node));
    ts.forEachChild(node, visit);
  };
  visit(parse(file));
  return found;
};

const faultsOf = (file) => {
  const source = parse(file);
  const name = path.relative(root, file).split(path.sep).join('/');
  const errors = [];
  let patterns = 0;
  const report = (node, text) => {
    const { line } = source.getLineAndCharacterOfPosition(node.getStart());
    errors.push(`${name}:${line + 1} ${text}`);
  };
  const visit = (node) => {
    if (ts.isRegularExpressionLiteral(node)) {
      patterns += 1;
      const why = whyNotProven(...partsOf(node));
      if (why !== null) report(node, `${node.text} ${why}`);
    } else if (ts.isIdentifier(node) && node.text === 'RegExp' && !(name in ALLOWED)) {
      if (!isType(node) && !isInstanceOf(node)) {
        report(node, 'builds a pattern at run time, which cannot be checked');
      }
    } else if (compilesText(node) && !(name in ALLOWED)) {
      report(node, `${node.expression.name.text}() may compile a text into a pattern; give it a literal`);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return { patterns, errors };
};

const [given] = process.argv.slice(2);
const sources = path.join(root, 'src');
if (given === '--list') {
  console.log(JSON.stringify(filesOf(sources).flatMap(patternsOf)));
} else {
  const checked = filesOf(path.resolve(given ?? sources)).map(faultsOf);
  const errors = checked.flatMap((file) => file.errors);
  for (const error of errors) console.error(error);
  const patterns = checked.reduce((sum, file) => sum + file.patterns, 0);
  console.log(`${patterns} patterns, ${errors.length} not allowed`);
  process.exitCode = errors.length === 0 ? 0 : 1;
}
