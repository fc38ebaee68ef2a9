package main

import (
	"os"

	"towerbridge/bench/process"
)

// usage is processor time in seconds: of the server, of its database, of this client,
// and of the whole machine.
type usage struct{ server, database, client, machine float64 }

func (l *loop) spent() usage {
	return usage{process.Time(l.server), process.Time(l.database), process.Time(os.Getpid()), process.Machine()}
}

func (u usage) minus(x usage) usage {
	return usage{u.server - x.server, u.database - x.database, u.client - x.client, u.machine - x.machine}
}
