package directory

import (
	"strings"

	"towerbridge/span"
)

// Asset is a thing that users have: a laptop, a radio, a printer.
type Asset struct {
	ID         string `json:"id"`
	Type       string `json:"type"` // such as laptop
	Name       string `json:"name,omitempty"`
	Serial     string `json:"serial,omitempty"`
	Site       string `json:"site,omitempty"`    // id in the estate
	User       string `json:"user,omitempty"`    // id of a person
	Service    string `json:"service,omitempty"` // id in the estate
	Source     string `json:"source,omitempty"`  // of the import that keeps the row; empty: kept by hand
	Active     bool   `json:"active"`
	span.Dated        // From is the first day, To the first day on which the asset is gone
}

// Present reports whether an asset is in use on a date.
func (a *Asset) Present(on span.Date) bool { return a.Active && a.On(on) }

// Sort is by what assets are listed and searched: type, name and serial number in
// small letters.
func (a *Asset) Sort() string {
	return strings.ToLower(strings.TrimSpace(a.Type + " " + a.Name + " " + a.Serial))
}

// Encode returns the asset's JSON, the same bytes for the same asset.
func (a *Asset) Encode() []byte { return encode(a) }

// DecodeAsset reads what [Asset.Encode] writes; a member that it does not know is an
// error of kind Invalid.
func DecodeAsset(data []byte) (Asset, error) {
	var a Asset
	err := decode("asset", data, &a)
	return a, err
}
