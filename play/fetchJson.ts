/** A record from the server or the site that the page came from. @throws Error, one line for the user */
export async function fetchJson<Value>(path: string): Promise<Value> {
  const response = await fetch(new URL(path, document.baseURI)).catch(() => null);
  if (response === null) throw new Error('no connection: does kit play still run?');
  if (response.ok) return (await response.json()) as Value;
  const isText = response.headers.get('content-type')?.startsWith('text/plain') === true;
  const reason = isText ? (await response.text()).trim() : '';
  throw new Error(reason || `not found (${response.status})`);
}
