const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;

/** The command line that sends the same request; the key is left to a variable of the shell. */
export function curlLine({path, body, headers}, withKey) {
  const lines = [`curl -i ${quoted(new URL(path, document.baseURI).href)}`];
  if (withKey) {
    lines.push('-H "X-Api-Key: $PROMPTLAB_KEY"');
  }
  for (const [name, value] of Object.entries({'Content-Type': 'application/json', ...headers})) {
    lines.push(`-H ${quoted(`${name}: ${value}`)}`);
  }
  lines.push(`-d ${quoted(JSON.stringify(body))}`);
  return lines.join(' \\\n  ');
}
