/** Text that comes from anywhere, so that no character of it is markup. */

export function escapeXml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`);
}

/** One line. */
export function escapeMarkdown(text: string): string {
  return text
    .replaceAll(/\s*\n\s*/g, ' ')
    .replaceAll(/[\\`*[\]<>|~$]|&(?=#?\w+;)|(?<![a-z0-9])_|_(?![a-z0-9])/gi, '\\$&');
}
