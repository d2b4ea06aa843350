/** Whether this Node runs the command line, told before anything fails for want of what an older one lacks. */
import packageJson from "../package.json" with { type: "json" };

/** A sentence where it is older than package.json asks for; null where it is not.
 * @param version as `process.versions.node` */
export function whyTooOld(version: string): string | null {
  const needed = packageJson.engines.node.replace(">=", "");
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [neededMajor = 0, neededMinor = 0] = needed.split(".").map(Number);
  if (major > neededMajor || (major === neededMajor && minor >= neededMinor)) return null;
  return `dynamodb-compliance needs Node.js ${needed} or later, and this is ${version}`;
}
