throw new Error("not started");
