// Calculates a claim of each method with the types that openapi-typescript made, under the strict compiler.
// Prints the path, the status and the amount of each.
import type { components, paths } from "./service";

declare const process: { argv: string[]; exitCode?: number };

type Calculation = Extract<keyof paths, `/v1/${string}/calculate` | `/v1/${string}/calculate/batch`>;
type Claim<P extends Calculation> = paths[P] extends { post: { requestBody: { content: { "application/json": infer B } } } } ? B : never;
type Answer<P extends Calculation> = paths[P] extends { post: { responses: { 200: { content: { "application/json": infer A } } } } } ? A : never;

const address = process.argv[2] as string;

async function calculate<P extends Calculation>(path: P, claim: Claim<P>): Promise<Answer<P>> {
  const response = await fetch(address + path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(claim),
  });
  if (response.status !== 200) {
    const problem = (await response.json()) as components["schemas"]["Problem"];
    const code: components["schemas"]["Problem"]["code"] = problem.code;
    throw new Error(`${response.status} ${code} ${problem.detail}`);
  }
  return (await response.json()) as Answer<P>;
}

const applicant: components["schemas"]["Applicant"] = {
  uscc: "91350100M000100Y43",
  registered_in_beijing: true,
  dishonesty_records: [],
  other_municipal_funding: false,
  declaration_accepted: true,
};

const loan: Claim<"/v1/loan-interest-subsidies/calculate"> = {
  rate_table: "bj-gjj-2023-2-2",
  application_date: "2023-11-20",
  claim_period: { from: "2022-11-01", until: "2023-11-01" },
  applicant: {
    ...applicant,
    measures: { key_industry: true, fai_2022: "8000000.00", fai_2023_q1_q3: "0.00", chain_leader_with_approved_plan: false },
  },
  contracts: [
    {
      contract_no: "L-1",
      lender: "某银行北京分行",
      loan_type: "FIXED_ASSET",
      signed_on: "2022-03-01",
      matures_on: "2027-03-01",
      drawdowns: [{ drawdown_no: "1", on: "2022-03-05", amount: "60000000.00" }],
      rate: { kind: "FLOATING", series: "LPR_5Y", spread: "-0.0020", reset: "ANNIVERSARY" },
    },
  ],
};

const insurance: Claim<"/v1/insurance-subsidies/calculate"> = {
  rate_table: "bj-gjj-2025-1-11",
  application_date: "2025-03-10",
  applicant,
  policies: [
    {
      policy_no: "P-1",
      insurer: "某财产保险公司",
      insurance_type: "LAUNCH",
      unit_id: "ROCKET-Y7",
      premium: "6000000.00",
      premium_paid: "6000000.00",
      period_from: "2024-06-06",
      period_until: "2025-06-06",
      launched_on: "2024-06-06",
      launch_approved: true,
      paid_on: "2024-05-20",
    },
  ],
};

const award: Claim<"/v1/awards/calculate"> = {
  rate_table: "bj-gjj-2023-1-1",
  application_date: "2023-04-10",
  applicant,
  items: [
    {
      item_id: "A-1",
      category: "MPW",
      base_amount: "4000000.00",
      occurred_on: "2023-02-01",
      measures: { contract_completed: true, industrialise_in_beijing: true, district_recommended: true },
    },
  ],
};

const grant: Claim<"/v1/grants/calculate"> = {
  rate_table: "bj-gjj-2023-3-data-asset-entry",
  application_date: "2023-12-20",
  applicant,
  items: [{ item_id: "G-1", base_amount: "1000000.00", measures: { first_entry: true, first_entry_amount: "2000000.00" } }],
};

// What the document forbids does not compile.
// @ts-expect-error a field that there is not
export const misspelt: components["schemas"]["Applicant"] = { registered_in_beijng: true };
// @ts-expect-error a field that is missing
export const missing: components["schemas"]["Drawdown"] = { drawdown_no: "1", on: "2022-03-05" };
// @ts-expect-error a code that there is not
export const unknown: components["schemas"]["RepaymentPlan"] = { method: "EQUAL" };
// @ts-expect-error items and projects together
export const both: Claim<"/v1/awards/calculate"> = { ...award, items: [], projects: [] };

async function main(): Promise<void> {
  const answers = {
    "loan-interest-subsidies": await calculate("/v1/loan-interest-subsidies/calculate", loan),
    "insurance-subsidies": await calculate("/v1/insurance-subsidies/calculate", insurance),
    awards: await calculate("/v1/awards/calculate", award),
    grants: await calculate("/v1/grants/calculate", grant),
  };
  for (const [kind, answer] of Object.entries(answers)) {
    const status: "ELIGIBLE" | "NOT_ELIGIBLE" = answer.status;
    console.log(kind, status, answer.amount);
  }
  const list = await calculate("/v1/awards/calculate/batch", { ...award, cases: [{ item_id: "C-1" }, { item_id: "C-2", items: [] }] });
  for (const one of list.cases) {
    console.log("awards/batch", one.item_id, "result" in one ? one.result.amount : one.problem.code);
  }
}

main().catch((failure: unknown) => {
  console.error(failure);
  process.exitCode = 1;
});
