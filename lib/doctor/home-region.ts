/** Whether a region is a sensible `HomeRegion`: the one in which the rules on IAM run. Pure. */
import { partitionOf } from "../endpoint-policies/partition.ts";
import { type Check, ok } from "./check.ts";

const area = "Home region";
const name = "rules on IAM";
/** The template's. */
const byDefault = "us-east-1";

/** AWS Config records IAM's types only where it was before February 2022 (its API reference, RecordingGroup): a list that
 * does not grow. */
const recordsIam: Readonly<Record<string, readonly string[]>> = {
  aws: [
    ...["us-east-1", "us-east-2", "us-west-1", "us-west-2", "ca-central-1", "sa-east-1"],
    ...["eu-central-1", "eu-north-1", "eu-south-1", "eu-west-1", "eu-west-2", "eu-west-3"],
    ...["af-south-1", "me-south-1", "ap-east-1", "ap-south-1"],
    ...["ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-southeast-1", "ap-southeast-2", "ap-southeast-3"],
  ],
  "aws-cn": ["cn-north-1", "cn-northwest-1"],
  "aws-us-gov": ["us-gov-west-1", "us-gov-east-1"],
};

/** One check. The default is of the aws partition alone; elsewhere HomeRegion must be given. */
export function homeRegionCheck(region: string): Check {
  const partition = partitionOf(region);
  const older = recordsIam[partition];
  const give = `deploy with HomeRegion=${region} here, or name the region of the stack that runs them`;
  if (region === byDefault) return ok(area, name, `${region} is the default HomeRegion: its stack runs them`);
  if (older === undefined) {
    const found = `whether AWS Config records IAM's types in ${region} is not known`;
    return { area, name, status: "NOT_KNOWN", found, todo: give, hinders: null, rules: [] };
  }
  const elsewhere = `in ${older[0]}, with HomeRegion=${older[0]}`;
  if (!older.includes(region)) {
    const found = `AWS Config cannot record IAM's types in ${region}: here their results have no name and no link`;
    const todo = `deploy a stack ${elsewhere}, or in another older region`;
    return { area, name, status: "PROBLEM", found, todo, hinders: "deployment", rules: [] };
  }
  if (partition === "aws") {
    const found = `${region} can be the home region; the default is ${byDefault}, and this stack is then without them`;
    return ok(area, name, found, give);
  }
  const found = `the default HomeRegion, ${byDefault}, is not in partition ${partition}: they would run nowhere`;
  return { area, name, status: "PROBLEM", found, todo: give, hinders: "deployment", rules: [] };
}
