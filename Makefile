# make serve   a broker on 127.0.0.1:9092, data in ./data
# make build   one self-contained executable, .build/martlet
# make test    every test: Swift's, the stress tests under ThreadSanitizer, real Kafka clients against the executable
# make bench   the benchmarks, as a table; takes six minutes
# make lint, format, simulate, fuzz, million, packages, help: see below
#
# What a target needs from Debian it installs itself (naming it first, with sudo when not root), and nothing that is there.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.ONESHELL:
.DEFAULT_GOAL := build

# Libraries that the codecs and the regular expressions stand on, for building and running.
build_packages := liblz4-dev libzstd-dev libsnappy-dev zlib1g-dev libre2-dev
# Real clients: kcat from Debian, the Python clients from PyPI into .venv. Kafka's own Java client (4.3) and the libraries
# that it loads come out of a package on PyPI that carries them; of its 250 MB only these jars are kept, in .venv/java.
test_packages := kcat python3-venv default-jdk-headless
java_package := deephaven-server==42.7
java_jars := kafka-clients-8.3.2 slf4j-api-2.0.18 lz4-java-1.12.0 snappy-java-1.1.10 zstd-jni-1.5.7
bench_packages := gcc libc6-dev librdkafka-dev fio python3
python_packages := Tests/RealClients/requirements.txt

# A target may import only what Package.swift lists for it. The flag changes nothing but that check.
swift_flags := --explicit-target-dependency-import-check error
release_flags := $(swift_flags) -c release --static-swift-stdlib --product martlet
swift_sources := Package.swift Sources Tests Benchmarks

listen ?= 127.0.0.1:9092
data ?= data
executable := .build/martlet
bench_dir := .build/bench

# $(call install,PACKAGES) installs those that are missing and says which.
define install
missing=()
if command -v dpkg-query >/dev/null; then
    for package in $(1); do
        dpkg-query -W -f '$${Status}\n' "$$package" 2>/dev/null | grep -q '^install ok installed$$' \
            || missing+=("$$package")
    done
else
    echo "not a Debian system: make sure that these are installed: $(1)"
fi
if [ "$${#missing[@]}" -gt 0 ]; then
    echo "installing from Debian: $${missing[*]}"
    as_root=; [ "$$(id -u)" = 0 ] || as_root=sudo
    $$as_root apt-get update -q
    $$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "$${missing[@]}"
fi
endef

.PHONY: help packages test-packages bench-packages build serve test test-swift test-tsan test-clients million bench bench-build bench-compaction \
    format lint simulate fuzz clean

help: ## lists the targets
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

packages: ## installs what building needs
	@$(call install,$(build_packages))

test-packages: packages ## installs what the tests need; the Python clients into .venv
	@$(call install,$(test_packages))
	if ! .venv/bin/python -c '' 2>/dev/null; then
	    rm -rf .venv
	    echo "making .venv"
	    python3 -m venv .venv || { rm -rf .venv; /usr/bin/python3 -m venv .venv; }
	fi
	if ! cmp -s $(python_packages) .venv/requirements.txt; then
	    echo "installing from PyPI into .venv:" $$(grep -v '^#' $(python_packages))
	    .venv/bin/python -m pip install --quiet --disable-pip-version-check -r $(python_packages)
	    cp $(python_packages) .venv/requirements.txt
	fi
	if [ "$$(cat .venv/java/package 2>/dev/null)" != "$(java_package) $(java_jars)" ]; then
	    echo "downloading $(java_package) from PyPI (250 MB) for the jars of Kafka's Java client"
	    rm -rf .venv/java .venv/download
	    .venv/bin/python -m pip download --quiet --disable-pip-version-check --no-cache-dir --no-deps \
	        --only-binary :all: --dest .venv/download $(java_package)
	    .venv/bin/python Tests/RealClients/java/unpack .venv/download .venv/java $(java_jars)
	    rm -rf .venv/download
	    echo "$(java_package) $(java_jars)" >.venv/java/package
	fi

bench-packages: packages ## installs what the benchmarks need
	@$(call install,$(bench_packages))

build: packages ## builds the executable, with the Swift runtime inside
	@swift build $(release_flags)
	strip -o $(executable) "$$(swift build $(release_flags) --show-bin-path)/martlet"
	echo "$(executable): $$(stat -c %s $(executable) | numfmt --to=si --format=%.1f)B," \
	    "needs at run time: $$(ldd $(executable) | grep -oE '^\s*lib(lz4|zstd|snappy|z|re2|stdc\+\+)\.\S+' | xargs)"

serve: build ## builds and starts the broker (listen=HOST:PORT data=DIR to change where)
	@exec $(executable) serve --config config/broker.properties --listen $(listen) --data-dir $(data)

test: test-swift test-tsan test-clients ## runs every test

test-swift: packages ## runs the Swift tests (filter=REGEX for some of them)
	@swift test $(swift_flags) $(if $(filter),--filter '$(filter)')

test-tsan: packages ## runs the stress tests under ThreadSanitizer
	@MARTLET_TSAN=1 TSAN_OPTIONS="halt_on_error=1 $${TSAN_OPTIONS:-}" \
	    swift test $(swift_flags) --sanitize=thread --scratch-path .build-tsan --filter '$(or $(filter),Stress)'

test-clients: build test-packages ## runs real clients against the executable (k=EXPRESSION for some of them)
	@.venv/bin/python -m pytest Tests/RealClients -p no:cacheprovider $(if $(k),-k '$(k)')

million: build test-packages ## a million lines in and out through each of the five clients
	@MARTLET_RECORDS=1000000 .venv/bin/python -m pytest Tests/RealClients/test_file_transfer.py -p no:cacheprovider -s

bench: build bench-build ## runs the benchmarks and writes .build/bench/results.md and .json
	@python3 Benchmarks/run --martlet $(executable) --tools $(bench_dir) --output $(bench_dir)/results $(bench_flags)

bench-build: bench-packages ## compiles the benchmarks' own programs
	@mkdir -p $(bench_dir)
	for program in loadgen baseline groupload; do
	    libraries=; [ $$program = loadgen ] && libraries="-lrdkafka -lpthread -lm"
	    gcc -O2 -std=gnu11 -Wall -Wextra -Werror -o $(bench_dir)/$$program Benchmarks/$$program/*.c $$libraries
	    echo "$(bench_dir)/$$program"
	done
	python3 Benchmarks/run --help >/dev/null

format: ## formats every Swift file
	@swift format -i -r $(swift_sources)

lint: ## checks the format of every Swift file
	@swift format lint --strict -r $(swift_sources)

bench-compaction: packages ## how fast one thread compacts a log (megabytes=1000 of it, values of value=100 bytes)
	@export MARTLET_BENCHMARK=1
	swift build $(swift_flags) -c release --scratch-path .build/compaction --product CompactionBenchmark
	rm -rf .build/compaction/data
	.build/compaction/release/CompactionBenchmark .build/compaction/data $(or $(megabytes),1000) $(or $(value),100)
	rm -rf .build/compaction/data

simulate: packages ## runs the log on a disk that fails (seeds=100000 of them; seed=123 repeats one)
	@export MARTLET_SIMULATE=1
	swift build $(swift_flags) -c release --scratch-path .build/simulate --product Simulate
	.build/simulate/release/Simulate $(or $(seed),1) $(if $(seed),1,$(or $(seeds),100000))

fuzz: packages ## runs the fuzz targets (seconds=60 for each)
	@$(call install,python3)
	python3 Tests/FuzzTargets/fuzz --seconds $(or $(seconds),60)

clean: ## removes what was built; keeps data
	@rm -rf .build .build-tsan .venv
