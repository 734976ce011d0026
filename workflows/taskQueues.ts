/**
 * Where workers listen. Mail has its own queue, whose rate is limited for all workers together; documents have theirs, so
 * that nothing else waits while they are drawn.
 */
export const TASK_QUEUE = 'cartera'
export const MAIL_TASK_QUEUE = 'cartera-mail'
export const DOCUMENTS_TASK_QUEUE = 'cartera-documents'
