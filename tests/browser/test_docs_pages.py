"""Both documentation pages in headless Chromium that can reach no other host."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service

from app.api.openapi.docs_pages import STATIC

pytestmark = pytest.mark.machine

OUTWARD = """
return [...document.querySelectorAll('[href], [src], [action]')].filter(element => {
  const address = element.href || element.src || element.action || '';
  if (typeof address !== 'string' || !/^https?:/.test(address)) return false;
  return new URL(address).host !== location.host && element.getClientRects().length > 0;
}).map(element => element.outerHTML.slice(0, 200));
"""


@pytest.fixture(scope="module")
def browser(live_url: str) -> Iterator[webdriver.Chrome]:
    """Chromium for which no name resolves but the service's own address."""
    options = Options()
    for argument in (
        "--headless=new",
        "--no-sandbox",
        "--disable-dev-shm-usage",
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-component-update",
        "--window-size=1400,1200",
        f"--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE {urlsplit(live_url).hostname}",
        "--proxy-server=direct://",
    ):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))
    yield driver
    driver.quit()


def opened(browser: webdriver.Chrome, address: str, expected: str) -> str:
    """The text of a page once it shows what is expected, and a little later."""
    browser.get_log("performance")
    browser.get_log("browser")
    browser.get(address)
    deadline = time.monotonic() + 60
    while expected not in browser.find_element("tag name", "body").text:
        assert time.monotonic() < deadline, browser.find_element("tag name", "body").text[:2000]
        time.sleep(0.2)
    time.sleep(2)
    return browser.find_element("tag name", "body").text


def requests_of(browser: webdriver.Chrome) -> tuple[list[str], list[Any]]:
    """The addresses that the page asked for, and what failed."""
    asked, failed = [], []
    for entry in browser.get_log("performance"):
        message = json.loads(entry["message"])["message"]
        if message["method"] == "Network.requestWillBeSent":
            asked.append(message["params"]["request"]["url"])
        if message["method"] == "Network.loadingFailed":
            failed.append(message["params"])
        if message["method"] == "Network.responseReceived" and message["params"]["response"]["status"] >= 400:
            failed.append(message["params"]["response"]["url"])
    return asked, failed


@pytest.mark.parametrize("path", ["/docs", "/docs/swagger"])
def test_a_page_loads_fully_from_this_host_alone(browser: webdriver.Chrome, live_url: str, path: str) -> None:
    text = opened(browser, live_url + path, "批量计算贷款贴息")
    asked, failed = requests_of(browser)
    assert failed == []
    assert {urlsplit(address).netloc for address in asked if address.startswith("http")} == {urlsplit(live_url).netloc}
    assert f"{live_url}/openapi.json" in asked
    complaints = [entry for entry in browser.get_log("browser") if entry["level"] in ("SEVERE", "WARNING")]
    assert complaints == []
    for words in ("贷款贴息", "保险补贴", "奖励", "补助", "标准表"):
        assert words in text


@pytest.mark.parametrize("path", ["/docs", "/docs/swagger"])
def test_no_link_leads_outside(browser: webdriver.Chrome, live_url: str, path: str) -> None:
    text = opened(browser, live_url + path, "批量计算贷款贴息")
    browser.execute_script("window.scrollTo(0, document.body.scrollHeight)")
    time.sleep(1)
    assert browser.execute_script(OUTWARD) == []
    for brand in ("Powered by", "Ask AI", "MCP", "Open API Client", "Generate SDKs"):
        assert brand not in text


def test_scalar_speaks_chinese(browser: webdriver.Chrome, live_url: str) -> None:
    text = opened(browser, f"{live_url}/docs", "批量计算贷款贴息")
    for words in ("搜索", "请求体", "必填", "数据结构"):
        assert words in text
    for words in ("Search", "Required", "Introduction", "Server", "Models"):
        assert words not in text


def test_the_vendored_files_are_those_of_their_packages() -> None:
    run = subprocess.run(["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=STATIC, check=False, capture_output=True)
    assert run.returncode == 0, run.stdout
    listed = {line.split()[1] for line in (STATIC / "SHA256SUMS").read_text().splitlines()}
    vendored = {str(path.relative_to(STATIC)) for path in STATIC.glob("*/*")}
    assert listed == vendored


def test_a_copied_sample_runs(browser: webdriver.Chrome, live_url: str) -> None:
    """It has the address of this service and asks for no credential, where none is needed; beside each field stands its Chinese title."""
    opened(browser, f"{live_url}/docs#tag/保险补贴/POST/v1/insurance-subsidies/calculate", "批量计算保险补贴")
    deadline = time.monotonic() + 60
    samples: list[str] = []
    while not samples:
        assert time.monotonic() < deadline, "no sample is shown"
        shown = browser.execute_script("return [...document.querySelectorAll('pre')].map(one => one.textContent)")
        samples = [one for one in shown if one.startswith("curl") and "/v1/insurance-subsidies/calculate?" in one]
        time.sleep(0.2)
    assert live_url in samples[0]
    assert "Authorization" not in samples[0]
    done = subprocess.run(["sh", "-c", samples[0]], capture_output=True, text=True, check=False, env=os.environ | {"NO_PROXY": "127.0.0.1"})
    assert json.loads(done.stdout)["amount"] == "3000000.00", done.stderr
    text = browser.find_element("tag name", "body").text
    for title in ("申请日", "标准表编号", "项目单位"):
        assert title in text
