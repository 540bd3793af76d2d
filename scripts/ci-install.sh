#!/usr/bin/env bash
# What the tests need beside Node: a browser, the tool that makes it trust a certificate, and the languages of examples/.
set -euo pipefail

needed=()
command -v chromium-headless-shell chromium >/dev/null || needed+=(chromium-headless-shell)
command -v certutil >/dev/null || needed+=(libnss3-tools)
command -v python3 >/dev/null || needed+=(python3)
command -v php >/dev/null || needed+=(php-cli)
[ ${#needed[@]} -eq 0 ] && exit 0

export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends "${needed[@]}" >/dev/null
