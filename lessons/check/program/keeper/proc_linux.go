package keeper

import (
	"os"
	"strconv"
	"strings"
	"syscall"
)

// setChildSubreaper is PR_SET_CHILD_SUBREAPER of prctl(2).
const setChildSubreaper = 36

func adoptOrphans() { syscall.RawSyscall(syscall.SYS_PRCTL, setChildSubreaper, 1, 0) }

func attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}

// giveWay makes this thread nice, and the keeper's session, which is a group of
// its own to a scheduler that shares out the processors by session (sched(7),
// "The autogroup feature"): there nice(2) holds only within the session.
func giveWay(nice int) {
	_ = syscall.Setpriority(syscall.PRIO_PROCESS, 0, nice)
	_ = os.WriteFile("/proc/self/autogroup", []byte(strconv.Itoa(nice)), 0)
}

// killOrphans kills the children that are left to the keeper. Their children
// are its own next.
func killOrphans() {
	self := os.Getpid()
	for pid, p := range processes() {
		if p.parent == self {
			syscall.Kill(pid, syscall.SIGKILL)
		}
	}
}

// usage counts the keeper's descendants, and the memory that they hold.
func usage() (count int, memory int64) {
	all := processes()
	kept := map[int]bool{os.Getpid(): true}
	for grown := true; grown; {
		grown = false
		for pid, p := range all {
			if kept[p.parent] && !kept[pid] {
				kept[pid], grown = true, true
				count++
				memory += p.memory
			}
		}
	}
	return count, memory
}

type process struct {
	parent int
	memory int64 // resident, in bytes
}

// processes reads /proc (proc_pid_stat(5)).
func processes() map[int]process {
	dir, err := os.Open("/proc")
	if err != nil {
		return nil
	}
	defer dir.Close()
	names, _ := dir.Readdirnames(-1) // what was read before an error is what there is
	all := make(map[int]process, len(names))
	for _, name := range names {
		pid, err := strconv.Atoi(name)
		if err != nil {
			continue
		}
		if p, ok := parse(read("/proc/" + name + "/stat")); ok {
			all[pid] = p
		}
	}
	return all
}

// read returns the beginning of a file, with a third of the system calls that
// os.ReadFile needs.
func read(file string) string {
	fd, err := syscall.Open(file, syscall.O_RDONLY|syscall.O_CLOEXEC, 0)
	if err != nil {
		return ""
	}
	defer syscall.Close(fd)
	var b [1024]byte
	n, _ := syscall.Read(fd, b[:])
	return string(b[:max(n, 0)])
}

func parse(stat string) (p process, ok bool) {
	end := strings.LastIndexByte(stat, ')') // the name may hold anything
	if end < 0 {
		return p, false
	}
	fields := strings.Fields(stat[end+1:]) // from field 3, the state, on
	if len(fields) < 22 {
		return p, false
	}
	p.parent, _ = strconv.Atoi(fields[1])
	pages, _ := strconv.ParseInt(fields[21], 10, 64)
	p.memory = pages * int64(os.Getpagesize())
	return p, true
}
