#!/usr/bin/env bash
# What the tests need beside Node: a browser, and the tool that makes it trust a certificate.
set -euo pipefail

needed=()
command -v chromium >/dev/null || needed+=(chromium)
command -v certutil >/dev/null || needed+=(libnss3-tools)
[ ${#needed[@]} -eq 0 ] && exit 0

export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -y -qq --no-install-recommends "${needed[@]}" >/dev/null
