package workbench

// A News is one thing that happened to an exercise; it has one of these.
//
// Of the files it tells in one of three ways. Where there is a workspace, they
// are those of the disk, and Exists is true. Where none was made yet, they are
// the starter's, and Exists is false. Where one was and is gone, as after its
// folder was removed or while its drive is away, there are no Files and no
// Names: Exists is false and Gone is true. A page then has the only copy of
// what it shows, whether it was saved or not.
type News struct {
	Files   *[]File   `json:"files,omitempty"`  // some of them, as they are now
	Names   *[]string `json:"names,omitempty"`  // with the last Files of a turn: the names of all that there are
	Exists  *bool     `json:"exists,omitempty"` // with Names, or with Gone: the workspace is there
	Gone    bool      `json:"gone,omitempty"`   // it was there before, and is not
	Run     *Run      `json:"run,omitempty"`
	Build   *Build    `json:"build,omitempty"`
	Log     []Line    `json:"log,omitempty"`     // lines that the program printed
	Dropped int       `json:"dropped,omitempty"` // lines before those that came too fast to be kept
	Clear   bool      `json:"clear,omitempty"`   // the log begins anew: another run
}

// A Watch gathers the news of one exercise for one reader. What the reader has
// not taken yet grows no further: of states the latest counts, and of the log
// what is kept.
type Watch struct {
	x     *exercise
	ready chan struct{}

	// Guarded by x.mu.
	files, run, build bool
	next              int // the number of the next line of the log
	started           int // the run whose log is read
}

// Watch returns the news of an exercise, its present state first. Stop ends it.
func (b *Bench) Watch(name string) (*Watch, error) {
	x, err := b.exercise(name)
	if err != nil {
		return nil, err
	}
	w := &Watch{x: x, ready: make(chan struct{}, 1), files: true, run: true, build: true}
	w.ready <- struct{}{} // before anybody else can fill it
	x.mu.Lock()
	if x.watches == nil {
		x.watches = map[*Watch]bool{}
	}
	x.watches[w] = true
	x.mu.Unlock()
	x.changed(false) // the first page that looks sees what the compiler says
	return w, nil
}

// Ready yields when there may be news to take.
func (w *Watch) Ready() <-chan struct{} { return w.ready }

// Stop ends the watching.
func (w *Watch) Stop() {
	w.x.mu.Lock()
	defer w.x.mu.Unlock()
	delete(w.x.watches, w)
}

// maxNews is how long a message of files or of the log gets, about. Only a
// single file may be longer, up to maxShown.
const maxNews = 100 << 10

// Take returns the news since the last call, in messages of some 100 KB at most;
// a file that is longer as JSON is a message alone.
func (w *Watch) Take() []News {
	w.x.mu.Lock()
	files, run, build := w.files, w.run, w.build
	w.files, w.run, w.build = false, false, false
	var news []News
	if run {
		now := w.x.run
		news = append(news, News{Run: &now})
	}
	if build {
		now := w.x.build.begun()
		news = append(news, News{Build: &now})
	}
	log := w.takeLog()
	w.x.mu.Unlock()
	news = append(news, log...)
	if files {
		return append(w.x.fileNews(), news...)
	}
	return news
}

// fileNews is what there is to tell of the files, or of the starter where there
// is no workspace yet.
func (x *exercise) fileNews() (news []News) {
	exists, gone, _ := x.bench.there()
	if gone {
		return []News{{Exists: &exists, Gone: true}}
	}
	files := starter(x.exercise())
	if exists {
		var err error
		if files, err = x.files(); err != nil {
			return nil // the page keeps what it has, and hears why when it asks for more
		}
	}
	names := []string{}
	for _, f := range files {
		names = append(names, f.Name)
	}
	for {
		n := fitting(files)
		some := files[:n]
		news = append(news, News{Files: &some})
		if files = files[n:]; len(files) == 0 {
			break
		}
	}
	news[len(news)-1].Names, news[len(news)-1].Exists = &names, &exists
	return news
}

// fitting returns how many of the files make one message: one at least.
func fitting(files []File) (n int) {
	for size := 0; n < len(files); n++ {
		size += 300 + encoded(files[n].Content)
		if n > 0 && size > maxNews {
			break
		}
	}
	return n
}

// takeLog is called with x.mu held.
func (w *Watch) takeLog() (news []News) {
	lines, dropped, next := w.x.log.since(w.next)
	clear := w.started != w.x.log.run
	w.next, w.started = next, w.x.log.run
	for len(lines) > 0 || clear || dropped > 0 {
		n, size := 0, 0
		for n < len(lines) && size < maxNews-6*maxLine {
			size += 64 + encoded(lines[n].Text)
			n++
		}
		news = append(news, News{Log: lines[:n], Dropped: dropped, Clear: clear})
		lines, dropped, clear = lines[n:], 0, false
	}
	return news
}

// tell marks news for every watch.
func (x *exercise) tell(mark func(*Watch)) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.told(mark)
}

// told is tell with x.mu held.
func (x *exercise) told(mark func(*Watch)) {
	for w := range x.watches {
		mark(w)
		select {
		case w.ready <- struct{}{}:
		default: // it has not looked since the last time
		}
	}
}
