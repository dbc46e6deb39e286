package program

import (
	"os"
	"os/exec"
	"sync"
	"syscall"
	"unsafe"
)

// A group is a program with all its children: a job object, which the system
// ends with the last handle to it, and so with this process.
type group struct {
	pid uint32

	mu  sync.Mutex
	job syscall.Handle // 0 once it is closed
}

// What the syscall package leaves out.
var (
	kernel32                         = syscall.NewLazyDLL("kernel32.dll")
	createJobObject                  = kernel32.NewProc("CreateJobObjectW")
	setInformationJobObject          = kernel32.NewProc("SetInformationJobObject")
	assignProcessToJobObject         = kernel32.NewProc("AssignProcessToJobObject")
	terminateJobObject               = kernel32.NewProc("TerminateJobObject")
	generateConsoleCtrlEvent         = kernel32.NewProc("GenerateConsoleCtrlEvent")
	ntResumeProcess                  = syscall.NewLazyDLL("ntdll.dll").NewProc("NtResumeProcess")
	extendedLimits           uintptr = 9 // JobObjectExtendedLimitInformation
)

const (
	createSuspended      = 0x4
	processSuspendResume = 0x800
	processSetQuota      = 0x100
	ctrlBreak            = 1

	limitProcesses   = 0x8
	limitMemory      = 0x200
	limitKillOnClose = 0x2000
)

// jobLimits is JOBOBJECT_EXTENDED_LIMIT_INFORMATION.
type jobLimits struct {
	processTime, jobTime             int64
	flags                            uint32
	minWorkingSet, maxWorkingSet     uintptr
	processes                        uint32
	affinity                         uintptr
	priority, scheduling             uint32
	io                               [6]uint64
	processMemory, jobMemory         uintptr
	peakProcessMemory, peakJobMemory uintptr
}

// startGroup starts cmd, which it changes, in a job of its own. The program
// sleeps until it is in there, so that no child of it is left out.
func startGroup(cmd *exec.Cmd, limits Limits) (*group, error) {
	job, err := newJob(limits)
	if err != nil {
		return nil, err
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{CreationFlags: syscall.CREATE_NEW_PROCESS_GROUP | createSuspended}
	if err := cmd.Start(); err != nil {
		syscall.CloseHandle(job)
		return nil, err
	}
	g := &group{pid: uint32(cmd.Process.Pid), job: job}
	if err := g.enter(); err != nil {
		cmd.Process.Kill()
		cmd.Wait()
		syscall.CloseHandle(job)
		return nil, err
	}
	return g, nil
}

func newJob(limits Limits) (syscall.Handle, error) {
	job, _, err := createJobObject.Call(0, 0)
	if job == 0 {
		return 0, os.NewSyscallError("CreateJobObject", err)
	}
	info := jobLimits{flags: limitKillOnClose}
	if limits.Processes > 0 {
		info.flags |= limitProcesses
		info.processes = uint32(limits.Processes)
	}
	if limits.Memory > 0 {
		info.flags |= limitMemory
		info.jobMemory = uintptr(limits.Memory)
	}
	ok, _, err := setInformationJobObject.Call(job, extendedLimits, uintptr(unsafe.Pointer(&info)), unsafe.Sizeof(info))
	if ok == 0 {
		syscall.CloseHandle(syscall.Handle(job))
		return 0, os.NewSyscallError("SetInformationJobObject", err)
	}
	return syscall.Handle(job), nil
}

// enter puts the sleeping program into the job and wakes it.
func (g *group) enter() error {
	process, err := syscall.OpenProcess(processSetQuota|syscall.PROCESS_TERMINATE|processSuspendResume, false, g.pid)
	if err != nil {
		return os.NewSyscallError("OpenProcess", err)
	}
	defer syscall.CloseHandle(process)
	if ok, _, err := assignProcessToJobObject.Call(uintptr(g.job), uintptr(process)); ok == 0 {
		return os.NewSyscallError("AssignProcessToJobObject", err)
	}
	if status, _, _ := ntResumeProcess.Call(uintptr(process)); status != 0 {
		return os.NewSyscallError("NtResumeProcess", syscall.Errno(status))
	}
	return nil
}

// terminate asks the group politely to end: a Go program takes it for Ctrl+C.
func (g *group) terminate() { generateConsoleCtrlEvent.Call(ctrlBreak, uintptr(g.pid)) }

// kill ends the group at once.
func (g *group) kill() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.job != 0 {
		terminateJobObject.Call(uintptr(g.job), 1)
	}
}

// end says how the program ended, and ends what it left behind.
func (g *group) end(state *os.ProcessState) end {
	g.kill()
	g.mu.Lock()
	defer g.mu.Unlock()
	syscall.CloseHandle(g.job)
	g.job = 0
	return end{code: state.ExitCode()}
}
