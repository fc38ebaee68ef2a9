package main

import (
	"math/bits"
	"time"
	"unsafe"
)

func ld8(p unsafe.Pointer, o int) uint64 { return *(*uint64)(unsafe.Add(p, o)) }
func ld1(p unsafe.Pointer, o int) uint8  { return *(*uint8)(unsafe.Add(p, o)) }

const lo, hi = 0x0101010101010101, 0x8080808080808080

func zero(x uint64) uint64 { return (x - lo) & ^x & hi }

// parse walks buf, whole lines with eight readable bytes after them, into states.
// It knows the generator's columns and widths by heart and a little-endian
// machine's eight bytes at a time: the price of being as fast as can be.
func parse(buf []byte, states []state) {
	p := unsafe.Pointer(unsafe.SliceData(buf))
	end := len(buf)
	o := 0
	var lastA uint64
	var lastB uint16
	var day *calDay
	var dayTS uint32
	for o < end {
		// seq
		x := zero(ld8(p, o) ^ 0x2c2c2c2c2c2c2c2c)
		for x == 0 {
			o += 8
			x = zero(ld8(p, o) ^ 0x2c2c2c2c2c2c2c2c)
		}
		o += bits.TrailingZeros64(x)>>3 + 1
		// ts: the log is in time order, so the date is nearly always the last one seen
		a, b := ld8(p, o), *(*uint16)(unsafe.Add(p, o+8))
		if a != lastA || b != lastB {
			lastA, lastB = a, b
			t, err := time.Parse("2006-01-02", string(buf[o:o+10]))
			if err != nil {
				panic(err)
			}
			dayTS = uint32(t.Unix())
			day = &cal[dayTS/86400]
		}
		h := ld8(p, o+11) // HH:MM:SS
		if *strict && ((h&0xf0f0fff0f0fff0f0)^0x30303a30303a3030) != 0 {
			if h>>16&0xff != ':' || h>>40&0xff != ':' {
				panic("bad time")
			}
		}
		d := h & 0x0f0f000f0f000f0f
		hh := uint32(d&0xff)*10 + uint32(d>>8&0xff)
		mm := uint32(d>>24&0xff)*10 + uint32(d>>32&0xff)
		ss := uint32(d>>48&0xff)*10 + uint32(d>>56&0xff)
		ts := dayTS + hh*3600 + mm*60 + ss
		o += 24 // 20 of the instant, comma, "INC"
		// ticket: 7 digits and a comma
		v := ld8(p, o)
		if v>>56 != ',' {
			panic("ticket width")
		}
		v = (v << 8) & 0x0f0f0f0f0f0f0f00 // a zero digit in front
		v = (v * 2561) >> 8
		v = (v & 0x00ff00ff00ff00ff) * 6553601 >> 16
		tk := uint32((v & 0x0000ffff0000ffff) * 42949672960001 >> 32)
		o += 8
		// event
		var created, resolved bool
		e0, e2 := ld1(p, o), ld1(p, o+2)
		switch e0 {
		case 'c':
			created = e2 == 'e'
			if created {
				o += 8
			} else {
				o += 7
			}
		case 'r':
			resolved = e2 == 's'
			o += 9
		case 'a':
			o += 9
		case 's':
			o += 7
		case 'n':
			o += 5
		default:
			panic("event")
		}
		if *strict && ld1(p, o-1) != ',' {
			panic("event width")
		}
		prio := ld1(p, o+1) - '0'
		o += 3
		var st uint8
		switch ld1(p, o) {
		case 'n':
			st = sNew
			o += 4
		case 'a':
			st = sAssigned
			o += 9
		case 'i':
			st = sInProgress
			o += 12
		case 'p':
			st = sPending
			o += 13
		case 'r':
			st = sResolved
			o += 9
		case 'c':
			st = sClosed
			o += 7
		default:
			panic("status")
		}
		if *strict && ld1(p, o-1) != ',' {
			panic("status width")
		}
		var sup uint8
		if ld1(p, o) == 'S' {
			sup = ld1(p, o+3) - '0'
			o += 13
		}
		y := zero(ld8(p, o) ^ 0x0a0a0a0a0a0a0a0a)
		for y == 0 {
			o += 8
			y = zero(ld8(p, o) ^ 0x0a0a0a0a0a0a0a0a)
		}
		o += bits.TrailingZeros64(y)>>3 + 1

		bt := ts
		if prio > 2 {
			bt = bizAt(day, ts)
		}
		states[tk-1].event(bt, ts, st, prio, sup, created, resolved)
	}
}
