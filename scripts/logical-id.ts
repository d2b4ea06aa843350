/** How the names of rules become those of the template: one convention, so that nothing has to list them. */

/** `dynamodb-table-encryption` is `TableEncryption`; `TableEncryptionFunction`, `TableEncryptionRole` and others begin so. */
export function logicalName(name: string): string {
  return name
    .replace(/^dynamodb-/, "")
    .split("-")
    .map(pascalCase)
    .join("");
}

/** The parameter of a rule: `minimumKeyType` is `TableEncryptionMinimumKeyType` in the template. */
export function parameterId(rule: string, parameter: string): string {
  return `${logicalName(rule)}${pascalCase(parameter)}`;
}

/** The function made of `functions/<name>.ts`: also the folder below `dist/` that holds its code. */
export function functionId(name: string): string {
  return `${logicalName(name)}Function`;
}

export function pascalCase(word: string): string {
  return `${word.charAt(0).toUpperCase()}${word.slice(1)}`;
}
