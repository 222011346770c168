# `make help` lists the verbs.
SWIFT_BUILD_FLAGS ?=
PACKAGES = libxml2-dev libsqlite3-dev sqlite3 python3 pkg-config
# Hashes sixteen rows at once; Debian has it for this architecture only, and Weir does without where it is missing.
ifeq ($(shell uname -m),x86_64)
PACKAGES += libipsec-mb-dev
endif
TEST_PACKAGES = chromium chromium-driver
# Of `make demo`: where its company lives, and its port on 127.0.0.1.
DIRECTORY = weir-demo
PORT = 5000
SWIFT_TEST = swift test --disable-xctest $(SWIFT_BUILD_FLAGS)

.PHONY: help setup build test test-only check lint format demo benchmark fuzz scale

help: ## what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

setup: ## install the system packages that are missing
	@scripts/setup $(PACKAGES)

build: setup ## build the release binary, .build/release/weir
	swift build -c release --product weir $(SWIFT_BUILD_FLAGS)

demo: build ## build, then serve a sample company to play with: make demo [DIRECTORY=weir-demo] [PORT=5000]
	.build/release/weir demo --directory "$(DIRECTORY)" --port $(PORT)

test: setup ## build and run every test, those in a browser with Chromium
	@scripts/setup $(TEST_PACKAGES)
	scripts/test

test-only: ## run one module's tests and build nothing else: make test-only TARGET=DeltaTests
	WEIR_ONLY=$(TARGET) $(SWIFT_TEST) --scratch-path .build-only

check: lint test ## what CI runs

lint: ## the formatter's and the project's rules
	swift format lint --strict --recursive Package.swift Sources Tests Benchmarks

format: ## bring the code into the project's format
	swift format --in-place --recursive Package.swift Sources Tests Benchmarks

benchmark: build ## compare the delta engine with DuckDB, Polars, GNU tools and the floor: make benchmark [OPTIONS=--large]
	@scripts/setup python3 python3-venv
	python3 Benchmarks/run.py --weir .build/release/weir $(OPTIONS)

fuzz: ## by hand: random files against the delta engine's model, under AddressSanitizer, until FILES are done
	WEIR_ONLY=DeltaTests DELTA_FILES=$(or $(FILES),50000) DELTA_SEED=$$(date +%s) \
	  swift test --sanitize=address --disable-xctest --scratch-path .build-fuzz --filter PropertyTests

scale: ## by hand: a million resources through the server's engine; prints how long each step took
	WEIR_ONLY=SynchronizationTests WEIR_SCALE=1 swift test -c release -Xswiftc -enable-testing --disable-xctest \
	  --scratch-path .build-scale --filter ScaleTests
