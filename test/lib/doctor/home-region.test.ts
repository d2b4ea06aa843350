import { expect, it } from "vitest";
import { homeRegionCheck } from "../../../lib/doctor/home-region.ts";

const give = (region: string) =>
  `deploy with HomeRegion=${region} here, or name the region of the stack that runs them`;

it.each<[string, string, string, string | null, string | null]>([
  ["us-east-1", "OK", "us-east-1 is the default HomeRegion: its stack runs them", null, null],
  [
    "eu-west-1",
    "OK",
    "eu-west-1 can be the home region; the default is us-east-1, and this stack is then without them",
    give("eu-west-1"),
    null,
  ],
  [
    "eu-central-2",
    "PROBLEM",
    "AWS Config cannot record IAM's types in eu-central-2: here their results have no name and no link",
    "deploy a stack in us-east-1, with HomeRegion=us-east-1, or in another older region",
    "deployment",
  ],
  [
    "cn-north-1",
    "PROBLEM",
    "the default HomeRegion, us-east-1, is not in partition aws-cn: they would run nowhere",
    give("cn-north-1"),
    "deployment",
  ],
  [
    "us-gov-west-1",
    "PROBLEM",
    "the default HomeRegion, us-east-1, is not in partition aws-us-gov: they would run nowhere",
    give("us-gov-west-1"),
    "deployment",
  ],
  [
    "us-iso-east-1",
    "NOT_KNOWN",
    "whether AWS Config records IAM's types in us-iso-east-1 is not known",
    give("us-iso-east-1"),
    null,
  ],
])("%s as the home region: %s", (region, status, found, todo, hinders) => {
  expect(homeRegionCheck(region)).toMatchObject({ area: "Home region", status, found, todo, hinders });
});
