#!/bin/sh
# Puts uv into .tools/uv with the given Python, without touching the system.
set -eu
python=$1
if "$python" -m venv .tools/uv 2>/dev/null && [ -x .tools/uv/bin/pip ]; then
    .tools/uv/bin/pip install --quiet --disable-pip-version-check uv
    exit 0
fi
# Debian's Python without python3-venv has no ensurepip; pip alone is enough.
rm -rf .tools/uv
"$python" -m pip install --quiet --disable-pip-version-check --target .tools/uv/lib uv || {
    echo "uv could not be installed: this Python has neither venv nor pip; install uv by hand and run make again" >&2
    exit 1
}
mkdir -p .tools/uv/bin
find "$PWD/.tools/uv/lib" -type f -name uv -perm -u+x -exec ln -sf {} .tools/uv/bin/uv \;
