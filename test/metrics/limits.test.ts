import { jest } from '@jest/globals';
import { createLoadWindow, type LoadSample, limitOf } from '../../src/metrics/limits.ts';
import { createLoadReport, loadLine } from '../../src/metrics/load.ts';

/** Work without any bound. */
const RUNNING: LoadSample = {
  ...{ isBusy: true, moreWait: false, isDatabaseDown: false, isStorageDown: false, cpu: 0.3 },
  ...{ encoding: 1, awaitingEncode: 0, awaitingMemory: 0, storing: 1, atHosts: 2, host: null, atDatabase: 0 },
};
const IDLE: LoadSample = { ...RUNNING, isBusy: false, encoding: 0, storing: 0, atHosts: 0, cpu: 0 };
const CORES: LoadSample = { ...RUNNING, moreWait: true, cpu: 0.95 };
const HOST: LoadSample = { ...RUNNING, moreWait: true, atHosts: 20, host: 'https://slow.test' };

describe('what limits at one moment', () => {
  it.each<[string, Partial<LoadSample>, ReturnType<typeof limitOf>]>([
    ['nothing is there to do, whatever the CPU does', { isBusy: false, cpu: 1 }, null],
    ['all images run, and none waits', {}, 'nothing'],
    ['the database is away', { isDatabaseDown: true, isStorageDown: true, cpu: 1 }, 'database'],
    ['the store takes nothing', { isStorageDown: true, cpu: 1 }, 'storage'],
    ['the cores are busy', { moreWait: true, cpu: 0.9, atHosts: 20 }, 'cores'],
    ['an image waits for its turn to encode', { awaitingEncode: 1, awaitingMemory: 3, atHosts: 20 }, 'cores'],
    ['an image waits for memory, and the cores have time', { awaitingMemory: 1, atHosts: 20 }, 'memory'],
    ['most wait for hosts', { moreWait: true, atHosts: 5, storing: 4, atDatabase: 4 }, 'host'],
    ['most are being stored', { moreWait: true, atHosts: 3, storing: 5, atDatabase: 4 }, 'storage'],
    ['most wait for claims and writes', { moreWait: true, atHosts: 3, storing: 4, atDatabase: 5 }, 'database'],
    ['all that run are being encoded', { moreWait: true, atHosts: 0, storing: 0 }, 'cores'],
  ])('%s', (_what, facts, limit) => {
    expect(limitOf({ ...RUNNING, ...facts })).toBe(limit);
  });
});

const start = () => {
  let time = 5_000;
  const window = createLoadWindow(() => time);
  return {
    window,
    /** One look a second, after so many images in it. */
    pass(seconds: number, sample: LoadSample, images = 0): void {
      for (let second = 0; second < seconds; second += 1) {
        for (let image = 0; image < images; image += 1) window.finished();
        time += 1_000;
        window.add(sample);
      }
    },
  };
};

describe('the last minute', () => {
  it('counts images a second, and forgets what is older', () => {
    const { window, pass } = start();
    pass(10, CORES, 40);
    expect(window.summary()).toMatchObject({ imagesPerSecond: 40, limit: 'cores' });
    pass(50, CORES, 10);
    expect(window.summary().imagesPerSecond).toBe(15);
    pass(60, IDLE);
    expect(window.summary()).toMatchObject({ imagesPerSecond: 0, limit: null, host: null });
  });

  it('names what limited longest, with the shares of all', () => {
    const { window, pass } = start();
    pass(15, CORES);
    pass(30, HOST);
    pass(15, IDLE);
    const { shares, limit, host } = window.summary();
    expect(shares).toEqual({ cores: 0.25, memory: 0, host: 0.5, storage: 0, database: 0, nothing: 0 });
    expect({ limit, host }).toEqual({ limit: 'host', host: 'https://slow.test' });
  });

  it('names no host where several limited in turn', () => {
    const { window, pass } = start();
    for (let turn = 0; turn < 20; turn += 1) {
      for (const name of ['one', 'two', 'three']) pass(1, { ...HOST, host: `https://${name}.test` });
    }
    expect(window.summary()).toMatchObject({ limit: 'host', host: null });
    expect(loadLine(window.summary())).toBe('0.0 images/s in the last minute, limited by several image hosts');
  });
});

describe('the line of a minute', () => {
  it('says the rate and what limited it', () => {
    const { window, pass } = start();
    pass(60, CORES, 31);
    expect(loadLine(window.summary())).toBe('31 images/s in the last minute, limited by cores');
    pass(60, HOST, 2);
    expect(loadLine(window.summary())).toBe('2.0 images/s in the last minute, limited by the host https://slow.test');
  });

  it('is left out where there was work in less than half of it', () => {
    const { window, pass } = start();
    pass(29, CORES, 31);
    pass(31, IDLE);
    expect(loadLine(window.summary())).toBeNull();
  });

  it('is logged once a minute while there is work, and never without', () => {
    jest.useFakeTimers();
    try {
      const lines: string[] = [];
      let sample = CORES;
      const report = createLoadReport({
        window: createLoadWindow(() => performance.now()),
        read: () => sample,
        log: { info: (_facts, message) => lines.push(message) },
      });
      report.start();
      jest.advanceTimersByTime(3 * 60_000);
      expect(lines).toHaveLength(3);
      sample = IDLE;
      jest.advanceTimersByTime(10 * 60_000);
      expect(lines).toHaveLength(3);
      report.stop();
      expect(jest.getTimerCount()).toBe(0);
    } finally {
      jest.useRealTimers();
    }
  });
});
