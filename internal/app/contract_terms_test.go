package app_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"towerbridge/access"
	"towerbridge/contract"
	"towerbridge/document"
	"towerbridge/fault"
	"towerbridge/internal/app"
	"towerbridge/money"
)

// TestTermsWithoutPrices reads each contract as a manager of its supplier and as its
// commercial people: only what the latter read has anything of money in it.
func TestTermsWithoutPrices(t *testing.T) {
	d := newDesk(t)
	for _, c := range []struct{ contract, supplier string }{{"end-user", "brackwold"}, {"network", "fennock"}, {"hosting", "ostlehythe"}} {
		full, err := d.Contract(d.ctx, d.who(c.supplier, access.Commercial), c.contract)
		if err != nil {
			t.Fatal(err)
		}
		bare, err := d.Contract(d.ctx, d.who(c.supplier, access.Manager), c.contract)
		if err != nil {
			t.Fatal(err)
		}
		if !full.Prices || !strings.Contains(string(full.Document), `"GBP `) || !strings.Contains(string(full.Document), `"points"`) {
			t.Errorf("%s has no prices: %s", c.contract, full.Document)
		}
		for _, word := range []string{"GBP ", "points", "charges", "credits", "cap", "multiplier", "rate"} {
			if bare.Prices || strings.Contains(string(bare.Document), `"`+word) {
				t.Errorf("%s tells a manager %q: %s", c.contract, word, bare.Document)
			}
		}
		for _, word := range []string{`"clocks"`, `"targets"`, `"measures"`} {
			if !strings.Contains(string(bare.Document), word) {
				t.Errorf("%s does not tell a manager %s", c.contract, word)
			}
		}
		// What is told in full is the document: read again it is the same one.
		again, _, findings := document.Read[contract.Document]("terms.json", full.Document)
		if len(findings) > 0 {
			t.Fatal(findings)
		}
		if book, err := d.Book(d.ctx); err != nil || !reflect.DeepEqual(again, book.Contracts[c.contract].Document) {
			t.Errorf("%s is not told as it is (%v): %s", c.contract, err, full.Document)
		}
	}
}

// TestNobodysContract asks for contracts as those who may not see them.
func TestNobodysContract(t *testing.T) {
	d := newDesk(t)
	for _, who := range []access.Principal{d.who("fennock", access.Manager), d.who("fennock", access.Commercial), d.who("brackwold", access.Agent), d.who("force", access.Officer), d.who("force", access.Administrator)} {
		_, err := d.Contract(d.ctx, who, "end-user")
		refuses(t, who.ID, err, fault.NotFound)
		_, none := d.Contract(d.ctx, who, "never-was")
		if err == nil || none == nil || strings.ReplaceAll(err.Error(), "end-user", "never-was") != none.Error() {
			t.Errorf("%s learns that it exists: %v, %v", who.ID, err, none)
		}
		list, err := d.Contracts(d.ctx, who)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range list {
			if c.Supplier != who.Party || c.Document != nil {
				t.Errorf("%s sees %+v", who.ID, c)
			}
		}
	}
	list, err := d.Contracts(d.ctx, d.analyst())
	if err != nil || len(list) != 6 {
		t.Errorf("an analyst sees %d contracts, %v", len(list), err)
	}
}

// TestEverySumIsPriced walks the type of contracts: whatever is a sum of money, a
// percentage of one, or points that turn into money, is left out where prices are.
func TestEverySumIsPriced(t *testing.T) {
	sums := []reflect.Type{reflect.TypeFor[money.Amount]()}
	n := 0
	var walk func(x reflect.Type, path string, out bool)
	walk = func(x reflect.Type, path string, out bool) {
		for x.Kind() == reflect.Pointer || x.Kind() == reflect.Slice {
			x = x.Elem()
		}
		for _, sum := range sums {
			if x == sum {
				if n++; !out {
					t.Errorf("%s is a sum that is told without the right to prices", path)
				}
				return
			}
		}
		if x.Kind() != reflect.Struct || x.Implements(reflect.TypeFor[json.Marshaler]()) {
			return
		}
		for i := range x.NumField() {
			name, options, _ := strings.Cut(x.Field(i).Tag.Get("doc"), ",")
			at := path + name
			if name == "" {
				if strings.Contains(options, "inline") {
					walk(x.Field(i).Type, path, out)
				}
				continue
			}
			hidden := out || app.Priced(at)
			if strings.Contains(name, "points") || strings.Contains(name, "Points") {
				if n++; !hidden {
					t.Errorf("%s is told without the right to prices", at)
				}
			}
			walk(x.Field(i).Type, at+".", hidden)
		}
	}
	walk(reflect.TypeFor[contract.Document](), "", false)
	if n < 8 {
		t.Errorf("only %d sums were found", n)
	}
}
