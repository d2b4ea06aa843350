/** Bundles every function into `dist/<LogicalId>/`, which the template deploys as it is, and the command line. */
import { join } from "node:path";
import { type Bundle, bundleCommandLine, bundleFunction, functionNames } from "./bundle.ts";

const dist = join(import.meta.dirname, "..", "dist");

try {
  const functions = await Promise.all((await functionNames()).map((name) => bundleFunction(name, dist)));
  for (const bundle of [...functions, await bundleCommandLine(dist)]) console.log(lineOf(bundle));
} catch (error) {
  // Esbuild has already said where its own errors are.
  if (!(error instanceof Error && "errors" in error)) throw error;
  process.exitCode = 1;
}

function lineOf({ id, outputs }: Bundle): string {
  const bytes = outputs.reduce((sum, output) => sum + output.bytes, 0);
  const kilobytes = `${Math.round(bytes / 1000)} KB`.padStart(8);
  return `${id.padEnd(40)}${kilobytes}${outputs.length > 1 ? `  in ${outputs.length} files` : ""}`;
}
