// Every wait of these tests has an end.

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// The value of `promise`, or an error with the text of `what()` if that takes longer than `ms`.
export async function within(ms, promise, what) {
    let timer;
    const late = new Promise((_, reject) => {
        timer = setTimeout(() => reject(new Error(`after ${ms} ms: ${what()}`)), ms);
    });
    try {
        return await Promise.race([promise, late]);
    } finally {
        clearTimeout(timer);
    }
}
