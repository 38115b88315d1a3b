import { h, setShare } from '../../dom.ts';
import { icon } from '../../icons.ts';
import { fitOf, isZoomed, moved, type Placement, type Point, type Size, zoomed } from './zoom.ts';

const STEP = 1.5;
const PAN = 80;
/** How far from the divider a press still takes hold of it. */
const GRIP = 24;

/**
 * Two pictures over each other, with a divider and the same zoom. The divider is a range input, for keyboard and screen
 * reader; the pointer moves it, or the picture when that is larger than the frame.
 * @param onZoom called with the scale, and whether it is the one that fits
 */
export const createStage = (onZoom: (scale: number, fits: boolean) => void) => {
  const after = h('img', { class: 'compare-after', alt: 'After', draggable: 'false' });
  const before = h('img', { class: 'compare-before', alt: 'Before', draggable: 'false' });
  const beforeSide = h('div', { class: 'compare-side compare-side-before' }, before);
  const slider = h('input', {
    type: 'range',
    class: 'compare-slider',
    ...{ min: 0, max: 100, step: 1, value: 50 },
    'aria-label': 'Visible share of the original, in percent',
    on: { input: () => setShare(element, Number(slider.value) / 100) },
  });
  /** In place of a picture. */
  const empty = h('p', { class: 'compare-empty' });
  const element = h(
    'div',
    { class: 'compare-stage', tabindex: 0, role: 'group', 'aria-label': 'Picture' },
    h('div', { class: 'compare-side' }, after),
    beforeSide,
    h('span', { class: 'compare-handle' }, icon('compare')),
    slider,
    empty,
  );

  let picture: Size = { width: 4, height: 3 };
  let now: Placement = { scale: 1, x: 0, y: 0 };
  let fits = true;
  const pointers = new Map<number, Point>();
  let divides = false;

  const frame = (): Size => ({ width: element.clientWidth || 1, height: element.clientHeight || 1 });
  const draw = (placement: Placement): void => {
    now = placement;
    fits = placement.scale <= fitOf(picture, frame()) * 1.001;
    element.style.setProperty('--x', `${now.x}px`);
    element.style.setProperty('--y', `${now.y}px`);
    element.style.setProperty('--width', `${picture.width * now.scale}px`);
    element.style.setProperty('--height', `${picture.height * now.scale}px`);
    element.classList.toggle('is-zoomed', isZoomed(now, picture, frame()));
    element.classList.toggle('is-enlarged', now.scale >= 2);
    onZoom(now.scale, fits);
  };
  const showWhole = (): void => draw({ scale: fitOf(picture, frame()), x: 0, y: 0 });
  const zoomTo = (scale: number, at: Point = { x: 0, y: 0 }): void => draw(zoomed(now, scale, at, picture, frame()));
  const pan = (x: number, y: number): void => draw(moved(now, { x, y }, picture, frame()));
  const canPan = (): boolean => isZoomed(now, picture, frame());

  /** Of the pointer, counted from the middle of the frame. */
  const pointOf = ({ clientX, clientY }: MouseEvent): Point => {
    const { left, top, width, height } = element.getBoundingClientRect();
    return { x: clientX - left - width / 2, y: clientY - top - height / 2 };
  };
  const divide = ({ x }: Point): void => {
    const { width } = frame();
    slider.value = String(Math.round((100 * (x + width / 2)) / width));
    setShare(element, Number(slider.value) / 100);
  };

  element.addEventListener('wheel', (event) => {
    event.preventDefault();
    const lines = event.deltaMode === 0 ? event.deltaY : event.deltaY * 30;
    zoomTo(now.scale * Math.exp(-Math.max(-100, Math.min(100, lines)) / (event.ctrlKey ? 100 : 300)), pointOf(event));
  });
  element.addEventListener('dblclick', (event) => {
    if (!fits) showWhole();
    else zoomTo(fitOf(picture, frame()) < 1 ? 1 : 2, pointOf(event));
  });
  element.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    const point = pointOf(event);
    pointers.set(event.pointerId, point);
    element.setPointerCapture(event.pointerId);
    const { width } = frame();
    const atDivider = Math.abs(point.x + width / 2 - (Number(slider.value) / 100) * width) < GRIP;
    divides = pointers.size === 1 && !element.classList.contains('has-no-before') && (atDivider || !canPan());
  });
  element.addEventListener('pointermove', (event) => {
    const from = pointers.get(event.pointerId);
    if (from === undefined) return;
    const to = pointOf(event);
    const [other] = [...pointers].filter(([id]) => id !== event.pointerId).map(([, point]) => point);
    pointers.set(event.pointerId, to);
    if (other !== undefined) {
      divides = false;
      const ratio = distance(to, other) / Math.max(1, distance(from, other));
      pan((to.x - from.x) / 2, (to.y - from.y) / 2);
      zoomTo(now.scale * ratio, { x: (to.x + other.x) / 2, y: (to.y + other.y) / 2 });
    } else if (divides) divide(to);
    else pan(to.x - from.x, to.y - from.y);
  });
  for (const name of ['pointerup', 'pointercancel'] as const) {
    element.addEventListener(name, ({ pointerId }) => pointers.delete(pointerId));
  }
  const sizes = new ResizeObserver(() => (fits ? showWhole() : pan(0, 0)));
  sizes.observe(element);

  /** @returns whether the key was one of the stage's */
  const onKey = (key: string): boolean => {
    const zooms: Readonly<Record<string, () => void>> = {
      ...{ '+': () => zoomTo(now.scale * STEP), '=': () => zoomTo(now.scale * STEP) },
      ...{ '-': () => zoomTo(now.scale / STEP), _: () => zoomTo(now.scale / STEP) },
      ...{ '0': showWhole, '1': () => zoomTo(1), '2': () => zoomTo(2) },
    };
    const pans: Readonly<Record<string, () => void>> = {
      ...{ ArrowLeft: () => pan(PAN, 0), ArrowRight: () => pan(-PAN, 0) },
      ...{ ArrowUp: () => pan(0, PAN), ArrowDown: () => pan(0, -PAN) },
    };
    const action = zooms[key] ?? (canPan() && document.activeElement !== slider ? pans[key] : undefined);
    action?.();
    return action !== undefined;
  };

  return {
    ...{ element, before, after, slider, empty, onKey },
    /** Another picture, whole and half of it before. */
    reset: (size: Size): void => {
      picture = size;
      slider.value = '50';
      setShare(element, 0.5);
      showWhole();
    },
  };
};

const distance = (one: Point, other: Point): number => Math.hypot(one.x - other.x, one.y - other.y);
