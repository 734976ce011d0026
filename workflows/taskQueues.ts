/** Where workers listen. Mail has its own queue, whose rate is limited for all workers together. */
export const TASK_QUEUE = 'cartera'
export const MAIL_TASK_QUEUE = 'cartera-mail'
