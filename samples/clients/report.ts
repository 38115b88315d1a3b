// Says what failed in a request, and where; every name and code below is known to the editor.
// The types come with this package: copy client/openapi.d.ts, or install the repository.
import type { components, operations } from 'bulk-image-processor';

type Status = components['schemas']['StatusAnswer'];
type StatusQuery = NonNullable<operations['status']['parameters']['query']>;

const service = process.env.SERVICE ?? 'http://localhost:3000';

export const statusOf = async (requestId: string, query: StatusQuery = {}): Promise<Status> => {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) parameters.set(name, String(value));
  const headers: Record<string, string> = process.env.API_KEY ? { 'X-Api-Key': process.env.API_KEY } : {};
  const response = await fetch(`${service}/api/status/${requestId}?${parameters}`, { headers });
  if (!response.ok) {
    const problem = (await response.json()) as components['schemas']['Problem'];
    throw new Error(`${problem.code}: ${problem.detail}`);
  }
  return (await response.json()) as Status;
};

const status = await statusOf(process.argv[2] ?? '', { limit: 1 });
console.log(status.status, `${status.bytes.savedPercent}% saved`);
for (const { code, count, origins } of status.report?.failures ?? []) {
  const advice = code === 'source_not_found' ? 'correct the URLs' : 'see the README';
  console.log(`${count} × ${code}, most at ${origins[0]?.origin ?? 'no host'}: ${advice}`);
}
