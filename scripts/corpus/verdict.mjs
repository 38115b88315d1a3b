import { FLAWS, noteReason, refusalReason } from './reasons.mjs';

/** Differences first; the first three are findings. `explained`: differs or is refused for a known reason. */
export const VERDICTS = ['refused', 'altered', 'wrong_size', 'larger', 'failed', 'explained', 'same'];
export const FINDINGS = ['refused', 'altered', 'wrong_size'];

/** ΔE that the encoder's noise does not reach, as both are encoded with the same quality: of all, and of a region. */
const MEAN_LIMIT = 4;
const WORST_LIMIT = 12;

/**
 * What became of a picture next to what sharp alone says.
 * @param image its entry in the status
 * @param alone from `sharpAlone`
 * @param apart from `difference`, of a completed image that sharp reads
 * @returns { verdict, why }: `why` is '' if there is nothing to say
 */
export const judge = (image, alone, apart) => {
  if (image.status !== 'completed') {
    const said = `${image.error?.code ?? image.status}: ${image.error?.message ?? ''}`;
    if (!alone.reads) return { verdict: 'failed', why: said };
    const reason = refusalReason(image.error ?? { code: image.status, message: '' }, alone.kind);
    return reason ? { verdict: 'explained', why: `${said} (${reason})` } : { verdict: 'refused', why: said };
  }
  const explained = [];
  if (alone.reads && (image.width !== alone.width || image.height !== alone.height)) {
    const reason = noteReason(image.notes, 'size') ?? FLAWS[alone.flaw]?.size;
    if (!reason) return { verdict: 'wrong_size', why: `sharp: ${alone.width}×${alone.height}` };
    explained.push(reason);
  }
  if (apart && (apart.mean > MEAN_LIMIT || apart.worst > WORST_LIMIT)) {
    const reason = noteReason(image.notes, 'colours') ?? FLAWS[alone.flaw]?.colours;
    if (!reason)
      return { verdict: 'altered', why: `ΔE ${apart.mean.toFixed(1)}, worst region ${apart.worst.toFixed(1)}` };
    explained.push(reason);
  }
  if (!alone.reads) explained.push(`sharp alone does not read it: ${alone.error}`);
  const why = [...new Set(explained)].join('; ');
  if (image.bytesOut > image.bytesIn) {
    return { verdict: 'larger', why: [`${image.bytesIn} → ${image.bytesOut} bytes`, why].filter(Boolean).join('; ') };
  }
  return { verdict: why === '' ? 'same' : 'explained', why };
};
