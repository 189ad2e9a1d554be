// Go, by cgo.
//
//	login HOST PORT USER MODE FINGERPRINT KEY-FILE
//
// MODE is password, publickey or keyboard-interactive; PASSWORD is taken from the environment.
// Exit status: 0 authenticated, 1 not, 2 used wrongly.
package main

/*
#cgo LDFLAGS: -lipworksauth
#include <ipworksauth/sshauth.h>
#include <stdlib.h>

// A number can be in a slot and in a property, and Go takes a small number in a pointer for a
// corruption that ends the program. So numbers cross as uintptr_t and become pointers in C.
int onEvent(uintptr_t context, int event, int count, uintptr_t* param, int* cbparam);
static void* create(uintptr_t context) {
	return ipworksauth_sshauth_create((ipworksauth_callback)onEvent, (void*)context, NULL, 0);
}
static int set_number(void* obj, int id, uintptr_t value) {
	return ipworksauth_sshauth_set(obj, id, 0, (void*)value, 0);
}
static char* text(uintptr_t slot) { return (char*)slot; }
static void answer(uintptr_t slot, char* value) { ipworksauth_evtstr((void*)slot, 2, value, 1); }
*/
import "C"

import (
	"fmt"
	"os"
	"runtime/cgo"
	"strconv"
	"unsafe"
)

var modes = map[string]int{
	"password": C.AM_PASSWORD, "publickey": C.AM_PUBLIC_KEY, "keyboard-interactive": C.AM_KEYBOARD_INTERACTIVE,
}

type auth struct {
	object                unsafe.Pointer
	fingerprint, password string
	err                   error
}

// onEvent runs on the goroutine that called authenticate. A panic in it ends the program.
//
//export onEvent
func onEvent(context C.uintptr_t, event, count C.int, param *C.uintptr_t, cbparam *C.int) C.int {
	a := cgo.Handle(context).Value().(*auth)
	slot := unsafe.Slice(param, count)
	text := func(i int) string { return C.GoString(C.text(slot[i])) }
	switch event {
	case C.EID_SSHAUTH_CONNECTED:
		fmt.Println("connected", int32(slot[0]), text(1))
	case C.EID_SSHAUTH_DISCONNECTED:
		fmt.Println("disconnected", int32(slot[0]), text(1))
	case C.EID_SSHAUTH_SSHSTATUS:
		fmt.Println("status", text(0))
	case C.EID_SSHAUTH_SSHSERVERAUTHENTICATION:
		hostKey := C.GoBytes(unsafe.Pointer(C.text(slot[0])), *cbparam)
		fmt.Printf("host key %s %x\nfingerprint %s\n", text(2), hostKey, text(1))
		slot[6] = 0
		if text(1) == a.fingerprint {
			slot[6] = 1
		}
	case C.EID_SSHAUTH_SSHKEYBOARDINTERACTIVE:
		fmt.Println("prompt", text(2))
		response := C.CString(a.password)
		defer C.free(unsafe.Pointer(response))
		C.answer(slot[3], response)
	}
	return 0
}

// did keeps the first error; what follows is then left out.
func (a *auth) did(call func() C.int) {
	if a.err != nil {
		return
	}
	if code := call(); code != 0 {
		a.err = fmt.Errorf("%d %s", code, C.GoString(C.ipworksauth_sshauth_getlasterror(a.object)))
	}
}

func (a *auth) setNumber(id, value int) {
	a.did(func() C.int { return C.set_number(a.object, C.int(id), C.uintptr_t(value)) })
}

func (a *auth) setText(id int, value string) {
	text := C.CString(value)
	defer C.free(unsafe.Pointer(text))
	length := C.int(0) // a text ends with its NUL, the octets of a key store do not
	if id == C.PID_SSHAUTH_SSHCERTSTORE {
		length = C.int(len(value))
	}
	a.did(func() C.int { return C.ipworksauth_sshauth_set(a.object, C.int(id), 0, unsafe.Pointer(text), length) })
}

func (a *auth) config(setting string) {
	text := C.CString(setting)
	defer C.free(unsafe.Pointer(text))
	a.did(func() C.int {
		C.ipworksauth_sshauth_config(a.object, text)
		return C.ipworksauth_sshauth_getlasterrorcode(a.object)
	})
}

func login(host, portText, user, mode, fingerprint, keyFile string) error {
	port, err := strconv.Atoi(portText)
	if err != nil {
		return err
	}
	a := &auth{fingerprint: fingerprint, password: os.Getenv("PASSWORD")}
	handle := cgo.NewHandle(a) // C may keep no Go pointer; a handle is a number that stands for one
	defer handle.Delete()
	a.object = C.create(C.uintptr_t(handle))
	defer C.ipworksauth_sshauth_destroy(a.object)

	a.config("FirewallUser=" + user) // what Config stores, a getter reads
	a.setText(C.PID_SSHAUTH_SSHHOST, host)
	a.setNumber(C.PID_SSHAUTH_SSHPORT, port)
	a.setText(C.PID_SSHAUTH_USER, user)
	a.setText(C.PID_SSHAUTH_PASSWORD, a.password)
	a.setNumber(C.PID_SSHAUTH_SSHCERTSTORETYPE, C.CST_AUTO)
	a.setText(C.PID_SSHAUTH_SSHCERTSTORE, keyFile)
	a.setNumber(C.PID_SSHAUTH_AUTHMODE, modes[mode])
	fmt.Println("user", C.GoString(C.ipworksauth_sshauth_getuser(a.object)))
	fmt.Println("proxy user", C.GoString(C.ipworksauth_sshauth_getfirewalluser(a.object)))
	a.did(func() C.int { return C.ipworksauth_sshauth_authenticate(a.object) })
	return a.err
}

func main() {
	arg := os.Args[1:]
	_, given := os.LookupEnv("PASSWORD")
	if len(arg) != 6 || modes[arg[3]] == 0 || !given {
		fmt.Fprintln(os.Stderr, "usage: login HOST PORT USER MODE FINGERPRINT KEY-FILE, and PASSWORD in the environment")
		os.Exit(2)
	}
	if err := login(arg[0], arg[1], arg[2], arg[3], arg[4], arg[5]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println("authenticated")
}
