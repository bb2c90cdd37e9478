# One entry for each job; CI runs the same ones.

SWIFT_FLAGS := --explicit-target-dependency-import-check error

.PHONY: test check format clean prepare

prepare:
	@scripts/check-swift
	@scripts/install-packages

test: prepare
	swift build --build-tests $(SWIFT_FLAGS)
	swift test --skip-build $(SWIFT_FLAGS)

check: prepare
	swift format lint --strict --recursive --parallel --configuration .swift-format Sources Tests Package.swift
	swift test $(SWIFT_FLAGS) --filter DoorstepTests

format:
	swift format --in-place --recursive --parallel --configuration .swift-format Sources Tests Package.swift

clean:
	swift package clean
