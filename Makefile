# One entry for each job; CI runs the same ones.

SWIFT_FLAGS := --explicit-target-dependency-import-check error

.PHONY: run demo bench test check docs format fuzz clean prepare

PORT ?= 8080
# Of `make run`: everything it knows. Remove it to start anew.
DATA ?= data
# Of `make run`: kafka or rabbitmq carries the events then, on the port 20 above PORT.
BROKER ?=

prepare:
	@scripts/check-swift
	@scripts/install-packages

run: prepare
	@swift build --product doorstep $(SWIFT_FLAGS)
	@$(if $(BROKER),scripts/install-packages $(BROKER))
	@$(if $(BROKER),scripts/with-broker $(BROKER) '$(DATA)/$(BROKER)' $$(( $(PORT) + 20 ))) .build/debug/doorstep serve --sandbox --demo-rate 1 --data '$(DATA)' --port $(PORT) --sandbox-port $$(( $(PORT) + 10 ))

demo: prepare
	swift build --product doorstep $(SWIFT_FLAGS)
	.build/debug/doorstep demo --orders 1000 --clients 32 --hot-sku

# Another build than the others': minutes at first. BENCH_FLAGS=--json prints documents.
bench: prepare
	swift build -c release --product doorstep $(SWIFT_FLAGS)
	for part in order6 hot-sku checkout growth idle; do .build/release/doorstep bench $$part $(BENCH_FLAGS) || exit 1; done
	scripts/install-packages kafka && scripts/install-packages rabbitmq
	folder=$$(mktemp -d) && scripts/with-broker kafka "$$folder/kafka" 28120 \
		scripts/with-broker rabbitmq "$$folder/rabbitmq" 28130 .build/release/doorstep bench broker $(BENCH_FLAGS); \
		status=$$?; rm -rf "$$folder"; exit $$status

test: prepare
	@scripts/install-packages tests
	swift build --build-tests $(SWIFT_FLAGS)
	swift test --skip-build --no-parallel $(SWIFT_FLAGS)

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
