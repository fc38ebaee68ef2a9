# demo      the main job at once, on the embedded example
# test      every test, the long ones at a tenth of their stated numbers
# prove     the long tests at their stated numbers
# check     format, vet, lint, floors, generated files and go.mod current
# bench     times against the rivals; see bench/README.md
# fuzz      every fuzz test in turn, each for FUZZTIME
# generate  writes the generated files anew
# fmt       formats the sources

GO       ?= go
FUZZTIME ?= 20s

# The tools are built once into .tools, each under its version. They are built
# with the repository's own Go, so that they understand its language version.
STATICCHECK_VERSION := v0.8.2
GOFUMPT_VERSION     := v0.12.0
TEMPL_VERSION       := v0.3.977
STATICCHECK := .tools/staticcheck-$(STATICCHECK_VERSION)/staticcheck
GOFUMPT     := .tools/gofumpt-$(GOFUMPT_VERSION)/gofumpt
TEMPL       := .tools/templ-$(TEMPL_VERSION)/templ

.PHONY: demo test prove check bench fuzz generate fmt

demo:
	@$(GO) run ./cmd/towerbridge demo

# PostgreSQL is installed where it is missing; the tests start clusters of their own.
test:
	@internal/store/storetest/install.sh
	$(GO) test -timeout 14m ./...
	$(GO) test -tags otel ./internal/serve

prove:
	@internal/store/storetest/install.sh
	TOWERBRIDGE_PROVE=1 $(GO) test -timeout 40m -run 'Prove|Conservation' ./...

check: $(STATICCHECK) $(GOFUMPT) $(TEMPL)
	@unformatted=$$($(GOFUMPT) -l .); if [ -n "$$unformatted" ]; then echo "not formatted (run: make fmt):"; echo "$$unformatted"; exit 1; fi
	$(GO) vet ./...
	$(GO) vet -tags otel ./internal/serve ./cmd/towerbridge
	$(STATICCHECK) ./...
	$(GO) test -count=1 ./internal/floors
	$(GO) test -count=1 ./internal/reference/...
	@for page in $$(find internal -name '*.templ'); do \
		(cd "$$(dirname $$page)" && $(CURDIR)/$(TEMPL) generate -log-level error -include-version=false -stdout -f "$$(basename $$page)") | \
			cmp -s - "$${page%.templ}_templ.go" || { echo "$$page: its Go code is not current (run: make generate)"; exit 1; }; \
	done
	$(GO) mod tidy -diff

bench:
	@bash bench/run.sh

fuzz:
	@set -e; grep -rn --include='*_test.go' -o '^func Fuzz[A-Za-z0-9_]*' . | sed 's/:[0-9]*:func / /' | while read -r file name; do \
		echo "$$(dirname "$$file") $$name"; \
		$(GO) test -run '^$$' -fuzz "^$$name$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 10x "$$(dirname "$$file")"; \
	done

generate: $(TEMPL)
	for folder in $$(find internal -name '*.templ' -printf '%h\n' | sort -u); do (cd $$folder && $(CURDIR)/$(TEMPL) generate -log-level error -include-version=false); done
	$(GO) generate ./...

fmt: $(GOFUMPT)
	$(GOFUMPT) -w .

$(STATICCHECK):
	GOBIN=$(CURDIR)/$(@D) GOFLAGS= $(GO) install honnef.co/go/tools/cmd/staticcheck@$(STATICCHECK_VERSION)

$(TEMPL):
	GOBIN=$(CURDIR)/$(@D) GOFLAGS= $(GO) install github.com/a-h/templ/cmd/templ@$(TEMPL_VERSION)

$(GOFUMPT):
	GOBIN=$(CURDIR)/$(@D) GOFLAGS= $(GO) install mvdan.cc/gofumpt@$(GOFUMPT_VERSION)
