"""Every published scheme: the table that it became, its method, facts, codes, figures, source; and what is not loaded."""

from __future__ import annotations

from typing import Any, NamedTuple

import httpx
import pytest
from fastapi import FastAPI

from tests.spec.claims import post

GJJ = "北京市经济和信息化局、北京市财政局"
FINANCE = "财政部、中国人民银行、金融监管总局"
FOUR = "财政部、国家发展改革委、中国人民银行、金融监管总局"
WEB, REPOST, NEWS, SECOND, LOW = "mirror_of_official_page", "repost", "news", "second_hand", "low"

TAPE_OUT_2022 = {
    "MPW": "MPW首轮流片",
    "FULL_MASK": "工程产品首轮流片（全掩膜）",
    "MADE_IN_BEIJING_FULL_MASK": "在京代工的工程产品首轮流片（全掩膜）",
}
TAPE_OUT = {
    "MPW": "MPW",
    "FRONTIER_FULL_MASK": "前沿领域重点工程产品（全掩膜）",
    "OTHER_FULL_MASK": "其他工程产品（全掩膜）",
    "MADE_IN_BEIJING_FULL_MASK": "在京代工（全掩膜）",
}
CHAIN = {"NEW_GENERATION_IT": "新一代信息技术", "GREEN_ENERGY": "绿色能源与节能环保"}
PHARMA = {"NEW_DRUG": "新上市本市注册生产药品", "MEDICAL_DEVICE": "医疗器械", "INTRODUCED_PRODUCT": "引进国外品种在京生产并形成销售"}
FACTORY = {"UPGRADE": "智能化技术改造项目", "RATED_UPGRADE": "获评数字化车间、智能工厂的改造项目", "NEW_TO_STANDARD": "达标的新建项目"}
UNSIGNED = ("关于北京市中小企业发展专项资金管理办法的未署名文章", "作者不详", None, "2025-06-21")
CONFERENCE = (
    "北京市推动高精尖产业促升级、提质效、谋发展新闻发布会（2026年第一批）", "人民网（北京市经济和信息化局新闻发布会，刘维亮）", None, "2026-01-22、23",
)  # fmt: skip
GUIDE_2026 = ("2026年北京市高精尖产业发展项目资金和支持中小企业发展资金实施指南（第一批）", GJJ, None, "2026-02-14")


class Table(NamedTuple):
    """What one published table says, in short."""

    schemes: str
    method: str
    facts: str
    authority: str
    pays: list[str]  # rate or amount of each line, in order
    limits: list[str]  # limit of each cap, in order
    title: str
    document: tuple[str, str, str | None, str]  # title, issuer, number, date
    categories: dict[str, str] = {}


TABLES = {
    "bj-gjj-2022-0-1": Table(
        "bj-2022-d1-ic", "AWARD", "ITEMS", REPOST, ["50%", "30%", "50%"], ["300万", "1000万", "2000万"], "集成电路设计产品首轮流片奖励",
        ("2022年北京市高精尖产业发展资金实施指南（12个方向）", GJJ, None, "2022-02"), TAPE_OUT_2022,
    ),
    "bj-gjj-2022-0-12": Table(
        "bj-2022-d12-chain", "AWARD", "ITEMS", REPOST, ["5%", "5%"], [], "产业链供应链协同奖励（新增领域）",
        ("关于发布《2022年北京市高精尖产业发展资金实施指南》的补充通知", f"{GJJ}（摘录中未见发文机关）", None, "2022-06"), CHAIN,
    ),
    "bj-gjj-2023-1-1": Table(
        "bj-2023a-d1-ic", "AWARD", "ITEMS", REPOST, ["50%", "50%", "30%", "50%"], ["300万", "2000万", "1000万", "2000万", "3000万"],
        "集成电路设计产品首轮流片奖励", ("2023第一批 附件1 集成电路设计产品首轮流片奖励 申报说明", GJJ, None, "2023-02"), TAPE_OUT,
    ),
    "bj-gjj-2023-1-stable-growth": Table(
        "bj-2023a-q1-stable", "AWARD", "ITEMS", REPOST, ["200万", "400万", "600万"], [], "工业和软件信息服务业企业一季度稳运行奖励",
        ("2023第一批 附件 工业和软件信息服务业企业一季度稳运行奖励", GJJ, None, "2023-02"),
    ),
    "bj-gjj-2023-1-2": Table(
        "bj-2023a-d2-eda", "AWARD", "ITEMS", WEB, ["unknown"], [], "集成电路企业EDA采购奖励",
        ("2023年北京市高精尖产业发展资金实施指南（第一批）", GJJ, None, "2023-02-24"),
    ),
    "bj-gjj-2023-2-1": Table(
        "bj-2023b-d1-ic", "AWARD", "ITEMS", REPOST, ["50%", "50%", "30%", "50%"], ["300万", "2000万", "1000万", "2000万", "3000万"],
        "集成电路设计产品首轮流片奖励", ("2023第二批 方向1 支持方式和标准（芯东西报道）", GJJ, None, "2023-10-26"), TAPE_OUT,
    ),
    "bj-gjj-2023-2-2": Table(
        "bj-2023b-d2-loan-fai bj-2023b-d2-loan-wc", "LOAN_INTEREST", "CONTRACTS", WEB, ["2%", "1%"], ["1000万"], "重点投资项目贷款贴息",
        ("关于发布《2023年北京市高精尖产业发展资金实施指南（第二批）》的通知", GJJ, None, "2023-10-25"),
    ),
    "bj-gjj-2023-3-data-asset-entry": Table(
        "bj-2023c-dataasset-entry", "GRANT", "ITEMS", REPOST, ["30%"], ["50万"], "数据资产首入表补贴",
        ("2023年北京市高精尖产业发展资金实施指南（第三批）", GJJ, None, "2023"),
    ),
    "bj-gjj-2023-3-data-asset-registration": Table(
        "bj-2023c-dataasset-reg", "GRANT", "ITEMS", REPOST, ["30%"], ["10万"], "数据资产首登记补贴",
        ("2023年北京市高精尖产业发展资金实施指南（第三批）", GJJ, None, "2023"),
    ),
    "bj-gjj-2023-3-data-trade": Table(
        "bj-2023c-data-trade", "AWARD", "ITEMS", REPOST, ["4%"], ["200万"], "数据首交易奖励",
        ("2023年北京市高精尖产业发展资金实施指南（第三批）", GJJ, None, "2023"),
    ),
    "bj-gjj-2024-1-1": Table(
        "bj-2024a-d1-launch-insurance", "INSURANCE", "POLICIES", WEB, ["50%"], ["500万", "1000万"], "商业航天保险补贴",
        ("关于组织开展2024年北京市高精尖产业发展资金申请工作（第一批）的通知", GJJ, None, "2024-01-19"),
    ),
    "bj-gjj-2024-1-2": Table(
        "bj-2024a-d2-smartmfg", "AWARD", "PROJECTS", WEB, ["30%"], ["3000万"], "“新智造100”项目奖励（国家标杆）",
        ("关于组织开展2024年北京市高精尖产业发展资金申请工作（第一批）的通知", GJJ, None, "2024-01-19"),
    ),
    "bj-gjj-2024-1-3": Table(
        "bj-2024a-d3-green", "AWARD", "PROJECTS", WEB, ["25%", "unknown"], [], "绿色低碳发展项目奖励",
        ("关于组织开展2024年北京市高精尖产业发展资金申请工作（第一批）的通知", GJJ, None, "2024-01-19"),
    ),
    "bj-gjj-2024-3-1": Table(
        "bj-2024c-d1-pharma-fixed bj-2024c-d1-pharma-sales", "AWARD", "ITEMS", WEB, ["200万", "200万", "5%"], ["300万", "1000万"],
        "医药创新品种首试产奖励", ("组织开展2024年北京市高精尖产业发展资金申请工作（第三批）的通知", GJJ, None, "2024-04-30"), PHARMA,
    ),
    "bj-gjj-2024-3-2": Table(
        "bj-2024c-d2-opensource", "AWARD", "ITEMS", WEB, ["200万"], ["200万"], "重点共享开源平台奖励",
        ("组织开展2024年北京市高精尖产业发展资金申请工作（第三批）的通知", GJJ, None, "2024-04-30"),
    ),
    "bj-gjj-2024-3-3": Table(
        "bj-2024c-d3-robot", "AWARD", "ITEMS", WEB, ["cost"], ["50万", "unknown"], "机器人未定型创新产品首试首用奖励",
        ("组织开展2024年北京市高精尖产业发展资金申请工作（第三批）的通知", GJJ, None, "2024-04-30"),
    ),
    "bj-gjj-2024-5-1": Table(
        "bj-2024e-smartmfg", "AWARD", "PROJECTS", REPOST, ["20%", "25%", "25%"], ["3000万"], "“新智造100”项目奖励",
        ("组织开展2024年北京市高精尖产业发展资金申请工作（第五批）的通知", GJJ, None, "2024"), FACTORY,
    ),
    "bj-gjj-2025-1-11": Table(
        "bj-2025a-d11-launch-insurance", "INSURANCE", "POLICIES", REPOST, ["50%"], ["500万", "1000万"], "商业航天保险补贴",
        ("2025年北京市高精尖产业发展项目资金和支持中小企业发展资金实施指南（第一批） 方向11 商业航天保险补贴", GJJ, None, "2025-01-20"),
    ),
    "bj-gjj-2025-2-dataset": Table(
        "bj-2025b-dataset", "AWARD", "ITEMS", LOW, ["50万"], ["50万"], "高质量人工智能数据集首开放奖励", UNSIGNED,
    ),
    "bj-gjj-2025-2-voucher": Table(
        "bj-2025b-voucher", "AWARD", "ITEMS", LOW, ["30%"], ["20万"], "中小企业服务券", UNSIGNED,
    ),
    "bj-gjj-2025-2-strategic-loan": Table(
        "bj-2025-loan-strategic", "LOAN_INTEREST", "CONTRACTS", LOW, ["reference(LPR_1Y, DAY)", "reference(LPR_5Y, DAY)"], ["5000万"],
        "战略性项目贷款贴息", UNSIGNED,
    ),
    "bj-gjj-2025-3-1": Table(
        "bj-2025c-d1-firstsolution", "AWARD", "ITEMS", REPOST, ["10%"], ["3000万"], "信息软件企业行业模型首方案奖励",
        ("2025年北京市高精尖产业发展项目资金和支持中小企业发展资金实施指南（第三批）", GJJ, None, "2025"),
    ),
    "bj-gjj-2025-3-2": Table(
        "bj-2025c-d2-swai", "AWARD", "PROJECTS", REPOST, ["10%", "15%", "20%"], ["unknown"], "软件智能化提升奖励",
        ("2025年北京市高精尖产业发展项目资金和支持中小企业发展资金实施指南（第三批）", GJJ, None, "2025"),
    ),
    "bj-gjj-2026-1-pilot-platform": Table(
        "bj-2026a-pilot", "GRANT", "PROJECTS", NEWS, ["30%"], [], "中试平台/中试产线", CONFERENCE,
    ),
    "bj-gjj-2026-1-innovation": Table(
        "bj-2026a-innovation", "AWARD", "ITEMS", NEWS, ["50%"], [], "“促创新”方向（机器人、集成电路、新材料首批次等）", CONFERENCE,
    ),
    "bj-gjj-2026-1-space-insurance": Table(
        "bj-2026a-innovation", "INSURANCE", "POLICIES", NEWS, ["50%"], [], "“促创新”方向（商业航天保险）", CONFERENCE,
    ),
    "bj-gjj-2026-1-14": Table(
        "bj-2026a-d14-compute", "AWARD", "ITEMS", SECOND, ["approved_share"] * 4, ["3000万", "500万", "100万", "30万"], "算力券补贴", GUIDE_2026,
    ),
    "bj-gjj-2026-1-24": Table(
        "bj-2026a-d24-voucher", "AWARD", "ITEMS", SECOND, ["30%"], ["20万"], "中小企业服务券（大模型应用、Token 资源包）", GUIDE_2026,
    ),
    "bj-gjj-2026-2-dataset": Table(
        "bj-2026b-d1-dataset", "AWARD", "ITEMS", SECOND, ["100万", "20万"], ["200万", "500万"], "人工智能赋能新型工业化高质量数据集建设奖励",
        ("关于印发2026年北京市高精尖产业发展项目资金和支持中小企业发展资金实施指南（第二批）的通知", GJJ, None, "2026-07-30"),
    ),
    "bj-gjj-2026-2-token": Table(
        "bj-2026b-token", "GRANT", "ITEMS", SECOND, ["30%"], ["1000万"], "人工智能大模型应用 Token 补贴",
        ("关于印发2026年北京市高精尖产业发展项目资金和支持中小企业发展资金实施指南（第二批）的通知", GJJ, None, "2026-07-30"),
    ),
    "bj-gjj-2026-2-opc": Table(
        "bj-2026b-opc", "AWARD", "ITEMS", SECOND, ["three_month_spend"], ["10万"], "OPC 全栈资源包服务券",
        ("关于印发2026年北京市高精尖产业发展项目资金和支持中小企业发展资金实施指南（第二批）的通知", GJJ, None, "2026-07-30"),
    ),
    "bj-sme-2025-0-1": Table(
        "bj-firstloan-2025-base bj-firstloan-2025-innov bj-firstloan-2025-switch", "LOAN_INTEREST", "CONTRACTS", SECOND,
        ["40%", "20%"], ["2% * disbursed", "1% * disbursed"], "首次贷款贴息",
        ("北京市中小微企业首次贷款贴息实施细则（2025年修订版）", "北京市经济和信息化局等六部门", "京经信发〔2025〕4号", "2025-02-19"),
    ),
    "bj-equip-2024-0-1": Table(
        "bj-equip-2024", "LOAN_INTEREST", "CONTRACTS", NEWS, ["min(2.5%, contract_rate)"], [], "重点领域设备购置与更新改造贷款贴息",
        ("关于进一步加强重点领域设备购置与更新改造贷款贴息的实施方案", "北京市发展和改革委员会", "京发改规〔2024〕4号", "2024-04-19"),
    ),
    "bj-equip-2025-0-1": Table(
        "bj-equip-2025", "LOAN_INTEREST", "CONTRACTS", NEWS, ["min(2.5%, contract_rate)"], [], "重点领域设备购置与更新改造贷款贴息",
        ("关于开展重点领域设备购置与更新改造贷款贴息的实施方案", "北京市发展和改革委员会", None, "2025-06-09"),
    ),
    "cn-equip-2022-0-1": Table(
        "cn-equip-2022", "LOAN_INTEREST", "CONTRACTS", NEWS, ["2.5%"], [], "部分领域设备更新改造贷款财政贴息",
        (
            "关于加快部分领域设备更新改造贷款财政贴息工作的通知",
            "财政部、发展改革委、人民银行、审计署、银保监会", "财金〔2022〕99号", "2022-09",
        ),
    ),
    "cn-equip-2024-0-1": Table(
        "cn-equip-2024", "LOAN_INTEREST", "CONTRACTS", NEWS, ["1%"], [], "设备更新贷款财政贴息",
        ("关于实施设备更新贷款财政贴息政策的通知", FOUR, None, "2024-06"),
    ),
    "cn-equip-2026-0-1": Table(
        "cn-equip-2026", "LOAN_INTEREST", "CONTRACTS", REPOST, ["1.5%"], [], "设备更新贷款财政贴息（优化）",
        ("关于优化实施设备更新贷款财政贴息政策的通知", FOUR, "财金〔2026〕2号", "2026-01-19"),
    ),
    "cn-firstset-2019-0-1": Table(
        "cn-firstset-2019", "INSURANCE", "POLICIES", NEWS, ["80%"], [], "首台（套）保险补偿（旧）",
        ("关于进一步深入推进首台（套）重大技术装备保险补偿机制试点工作的通知", "财政部、工业和信息化部、银保监会", None, "2019-05"),
    ),
    "cn-firstset-2025-0-1": Table(
        "cn-firstset-2025", "INSURANCE", "POLICIES", REPOST, ["80%"], [], "首台（套）/首批次 保险补偿（新）",
        (
            "关于组织实施2025年首台（套）重大技术装备保险补偿政策的通知",
            "工业和信息化部办公厅、财政部办公厅、金融监管总局办公厅", "工信厅联合重装〔2025〕46号", "2025-09",
        ),
    ),
    "cn-sme-2026-0-1": Table(
        "cn-sme-2026", "LOAN_INTEREST", "CONTRACTS", "official", ["1.5%"], ["5000万", "150万"], "中小微企业贷款贴息",
        (
            "关于实施中小微企业贷款贴息政策的通知",
            "财政部、国家发展改革委、工业和信息化部、中国人民银行、金融监管总局", None, "2026-01-20",
        ),
    ),
    "cn-consumer-2025-0-1": Table(
        "cn-consumer-2025", "LOAN_INTEREST", "CONTRACTS", NEWS, ["min(1%, 50% * contract_rate)"] * 2, ["5万", "1000", "3000"],
        "个人消费贷款财政贴息", ("个人消费贷款财政贴息政策实施方案", FINANCE, None, "2025-08-12"),
    ),
    "cn-consumer-2026-0-1": Table(
        "cn-consumer-2026", "LOAN_INTEREST", "CONTRACTS", REPOST, ["min(1%, 50% * contract_rate)", "1%"], ["3000"],
        "个人消费贷款财政贴息（优化）", ("关于优化实施个人消费贷款财政贴息政策有关事项的通知", FINANCE, "财金〔2026〕1号", "2026-01-20"),
    ),
    "cn-service-2025-0-1": Table(
        "cn-service-2025", "LOAN_INTEREST", "CONTRACTS", REPOST, ["min(1%, contract_rate - local_subsidy_rate)"], ["100万", "1万"],
        "服务业经营主体贷款贴息", ("服务业经营主体贷款贴息政策实施方案", "财政部等九部门", "财金〔2025〕81号", "2025-08-12"),
    ),
    "cn-service-2026-0-1": Table(
        "cn-service-2026", "LOAN_INTEREST", "CONTRACTS", NEWS, ["min(1%, contract_rate - local_subsidy_rate)"], ["1000万", "10万"],
        "服务业经营主体贷款贴息（优化）",
        ("关于优化实施服务业经营主体贷款贴息政策的通知", "财政部、商务部、中国人民银行、金融监管总局", None, "2026-01-20"),
    ),
    "cn-home-2026-0-1": Table(
        "cn-home-2026", "LOAN_INTEREST", "CONTRACTS", SECOND, ["1%"], ["100万"], "首套住房商业性个人住房贷款贴息",
        ("首套住房商业性个人住房贷款中央财政贴息", FINANCE, None, "2026-09-29"),
    ),
}  # fmt: skip

# Published rules without a table of their own lie over the fund's: title, methods, facts, first day, day after the last, source.
RULES = [
    ("2024年实施指南 通用规则", None, None, "2024-01-01", "2025-01-01", "official"),
    ("2024年实施指南 投资类项目不得重复", None, ["PROJECTS"], "2024-01-01", "2025-01-01", "official"),
    ("2024年以前申请条件（比照2024年指南）", None, None, "2021-01-01", "2024-01-01", "assumed"),
    ("差额补齐规则", None, None, "2022-06-01", "2023-01-01", REPOST),
    ("管理办法（2021）贷款贴息上限", ["LOAN_INTEREST"], None, "2021-09-24", "2024-12-31", SECOND),
    ("管理办法（2021）保险补贴上限", ["INSURANCE"], None, "2021-09-24", "2024-12-31", SECOND),
    ("管理办法（2021）融资租赁补贴上限", ["LEASE_INTEREST"], None, "2021-09-24", "2024-12-31", SECOND),
    ("管理办法（2024-12-31）支持方式与重复支持", None, None, "2024-12-31", None, SECOND),
    ("管理办法（2024-12-31）保险补贴的年限与年度上限", ["INSURANCE"], None, "2024-12-31", None, SECOND),
    ("2025年起申请条件（比照2024年指南）", None, None, "2025-01-01", None, "assumed"),
]

# Directions that are known to exist and whose figures were not seen.
NOT_LOADED = {
    "bj-gjj-2022-0": [str(no) for no in range(2, 12)],
    "bj-gjj-2023-2": ["3"],
    "bj-gjj-2024-1": ["4", "5"],
    "bj-gjj-2025-1": [str(no) for no in range(1, 11)],
    "bj-gjj-2026-1": [f"unnamed-{no}" for no in range(1, 5)],
    "bj-gjj-2026-2": [str(no) for no in range(1, 8)],
}

# Of these nothing but the name was read.
TITLES = {
    "bj-gjj-2022-0-2": "重点新材料首批次应用示范奖励",
    "bj-gjj-2022-0-7": "老旧厂房更新利用奖励",
    "bj-gjj-2022-0-11": "工业和软件信息服务业企业稳运行稳就业",
    "bj-gjj-2023-2-3": "老旧厂房更新利用奖励",
}


def shown(client: httpx.Client, path: str) -> Any:
    """What the service shows at a path."""
    response = client.get(path)
    assert response.status_code == 200, response.text
    return response.json()


def pays(line: dict[str, Any]) -> list[str]:
    """The rate or amounts of a line as they were typed in."""
    if "bands" in line:
        return [band["amount"] for band in line["bands"]["pay"]]
    return [line.get("rate") or line["amount"]]


@pytest.mark.parametrize("table_id", TABLES)
def test_what_a_published_table_says(client: httpx.Client, table_id: str) -> None:
    """Method, facts, codes, figures and source are those that were published, in version 1: see test_corrections_versions."""
    found = shown(client, f"/v1/rate-tables/{table_id}/versions/1")
    wanted = TABLES[table_id]
    document = found["document"]
    assert (found["title"], found["method"], found["facts"], found["authority"]) == (
        wanted.title,
        wanted.method,
        wanted.facts,
        wanted.authority,
    )
    assert (found["confidence"], found["versions"][0]) == ("read", 1)
    assert (document["title"], document["issuer"], document["number"], document["date"]) == wanted.document
    assert [one for line in found["terms"]["lines"] for one in pays(line)] == wanted.pays
    assert [cap["limit"] for cap in found["terms"].get("caps", [])] == wanted.limits
    assert found["categories"] == wanted.categories
    assert "category" not in found["needs"]  # a field of the item, not one of its measures


def test_each_scheme_has_one_table(app: FastAPI, client: httpx.Client) -> None:
    """48 schemes make 45 tables; 6 more are rules that lie over them."""
    assert shown(client, "/health/ready")["status"]
    directions = app.state.catalogue.directions
    assert {table_id: " ".join(directions[table_id].schemes) for table_id in TABLES} == {
        table_id: one.schemes for table_id, one in TABLES.items()
    }
    schemes = [scheme for one in TABLES.values() for scheme in one.schemes.split()]
    assert [one for one in schemes if schemes.count(one) > 1] == ["bj-2026a-innovation"] * 2  # an award, and an insurance subsidy
    assert (len(TABLES), len(set(schemes))) == (45, 48)


def test_the_rules_of_the_beijing_fund(client: httpx.Client) -> None:
    """Guide, supplement and measures, each for its methods, facts and days."""
    funds = {one["id"]: one["overlays"] for one in shown(client, "/v1/funds")["funds"]}
    found = {
        one["title"]: (one["methods"], one["facts"], one["effective_from"], one["effective_until"], one["authority"])
        for one in funds["bj-gjj"]
    }
    assert found == {title: tuple(rest) for title, *rest in RULES}
    assert not any(funds[fund] for fund in ("bj-sme", "bj-equip", "cn-firstset", "cn-sme", "cn-consumer", "cn-equip", "cn-service", "cn-home"))


def test_each_batch_lists_all_its_directions(client: httpx.Client) -> None:
    """What is loaded and what is not: nothing more, nothing less; each that is not loaded says why."""
    batches = {one["id"]: one for one in shown(client, "/v1/batches")["batches"]}
    for batch_id in {"-".join(table_id.split("-")[:4]) for table_id in TABLES}:
        directions = batches[batch_id]["directions"]
        loaded = {one["rate_table"] for one in directions if one["loaded"]}
        assert loaded == {table_id for table_id in TABLES if table_id.startswith(f"{batch_id}-")}
        others = [one for one in directions if not one["loaded"]]
        assert [one["rate_table"] for one in others] == [f"{batch_id}-{no}" for no in NOT_LOADED.get(batch_id, [])]
        assert all(one["not_loaded"] and one["method"] is None for one in others)
        assert {one["rate_table"]: one["title"] for one in others if "标题未见" not in one["title"]} == {
            table_id: title for table_id, title in TITLES.items() if table_id.startswith(f"{batch_id}-")
        }


@pytest.mark.parametrize("batch_id", NOT_LOADED)
def test_a_direction_that_is_not_loaded_says_why(client: httpx.Client, batch_id: str) -> None:
    """An amount is never guessed: 404, with the reason that the batch shows."""
    reasons = {one["rate_table"]: one["not_loaded"] for one in shown(client, f"/v1/batches/{batch_id}")["directions"]}
    for number in NOT_LOADED[batch_id]:
        table_id = f"{batch_id}-{number}"
        response = post(client, "AWARD", {"rate_table": table_id, "application_date": "2026-08-15", "items": [{"item_id": "A-1"}]})
        assert (response.status_code, response.json()["code"]) == (404, "STANDARD_NOT_LOADED")
        assert reasons[table_id] in response.json()["detail"]
