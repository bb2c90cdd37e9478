# One entry for each job; CI runs the same ones.

SWIFT_FLAGS := --explicit-target-dependency-import-check error

.PHONY: run demo bench test check docs format fuzz clean prepare

PORT ?= 8080
# Of `make run`: everything it knows. Remove it to start anew.
DATA ?= data
# `make run DATABASE=postgres` starts a PostgreSQL beside it, with its files in $(DATA)-postgres.
DATABASE ?= sqlite
# Of `make run`: kafka or rabbitmq carries the events then, on the port 30 above PORT.
BROKER ?=

prepare:
	@scripts/check-swift
	@scripts/install-packages

SERVE = .build/debug/doorstep serve --sandbox --demo-rate 1 --data '$(DATA)' --port $(PORT) --sandbox-port $$(( $(PORT) + 10 ))
POSTGRES_PORT = $$(( $(PORT) + 20 ))
BROKER_PORT = $$(( $(PORT) + 30 ))
ifeq ($(DATABASE),postgres)
BESIDE += scripts/with-server postgres '$(DATA)-postgres' $(POSTGRES_PORT)
SERVE += --database "$$(scripts/server url postgres '$(DATA)-postgres' $(POSTGRES_PORT))"
endif
ifneq ($(BROKER),)
BESIDE += scripts/with-broker $(BROKER) '$(DATA)/$(BROKER)' $(BROKER_PORT)
endif

run: prepare
	@$(if $(filter postgres,$(DATABASE)),scripts/install-packages postgres)
	@$(if $(BROKER),scripts/install-packages $(BROKER))
	@swift build --product doorstep $(SWIFT_FLAGS)
	@$(BESIDE) $(SERVE)

demo: prepare
	swift build --product doorstep $(SWIFT_FLAGS)
	.build/debug/doorstep demo --orders 1000 --clients 32 --hot-sku

# Another build than the others': minutes at first. BENCH_FLAGS=--json prints documents.
bench: prepare
	swift build -c release --product doorstep $(SWIFT_FLAGS)
	for part in order6 hot-sku checkout growth idle; do .build/release/doorstep bench $$part $(BENCH_FLAGS) || exit 1; done
	scripts/install-packages postgres
	folder=$$(mktemp -d) && port=$$(scripts/free-port) && chmod o+x "$$folder" && \
		scripts/with-server postgres "$$folder/postgres" $$port .build/release/doorstep bench postgres --partitions 1 \
		--database "$$(scripts/server url postgres "$$folder/postgres" $$port)" $(BENCH_FLAGS); \
		status=$$?; rm -rf "$$folder"; exit $$status
	folder=$$(mktemp -d) && port=$$(scripts/free-port) && chmod o+x "$$folder" && \
		taskset -c 0 scripts/with-server postgres "$$folder/postgres" $$port .build/release/doorstep bench processes --cores 0,1 \
		--database "$$(scripts/server url postgres "$$folder/postgres" $$port)" $(BENCH_FLAGS); \
		status=$$?; rm -rf "$$folder"; exit $$status
	scripts/install-packages kafka && scripts/install-packages rabbitmq
	for broker in kafka rabbitmq; do folder=$$(mktemp -d); \
		scripts/with-broker $$broker "$$folder/$$broker" any .build/release/doorstep bench broker $(BENCH_FLAGS); \
		status=$$?; rm -rf "$$folder"; [ $$status -eq 0 ] || exit $$status; done
	scripts/install-packages postgres && scripts/install-search-servers
	scripts/bench-search .build/release/doorstep $(BENCH_FLAGS)

test: prepare
	@scripts/install-packages tests
	@scripts/install-search-servers
	swift build --build-tests $(SWIFT_FLAGS)
	@scripts/run-tests $(SWIFT_FLAGS)

check: prepare
	swift format lint --strict --recursive --parallel --configuration .swift-format Sources Tests Package.swift
	swift test --no-parallel $(SWIFT_FLAGS) --filter TidyTests

# What docs/ shows, drawn from the system itself.
docs: prepare
	swift build --product doorstep $(SWIFT_FLAGS)
	.build/debug/doorstep draw lifecycle --output docs/order-lifecycle.svg
	.build/debug/doorstep draw schema --output docs/entity-relationships.svg
	.build/debug/doorstep draw tables --output docs/entity-relationships.md
	.build/debug/doorstep draw events --output docs/order-events.svg

fuzz: prepare
	scripts/fuzz $(SECONDS_EACH)

format:
	swift format --in-place --recursive --parallel --configuration .swift-format Sources Tests Package.swift

clean:
	swift package clean

fuzz-api: prepare
	swift build --product doorstep $(SWIFT_FLAGS)
	scripts/schemathesis $(EXAMPLES)
